#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

layout(constant_id = 7) const int kHeads = 1; // query heads of a workgroup, all of one KV head
#include "attention.glsl"
#include "half.glsl"
#include "pages.glsl"
#include "reduce.glsl"

// Flash decoding (Dao et al. 2023) over chunks of 256 tokens at fixed positions. A workgroup owns query heads of
// a row that share a KV head, so that each key and value is read and unpacked once for all of them: first its
// invocations share out the chunk's tokens (scores), then the elements of the head (values). Few rows: one
// workgroup per chunk, merged by attention_merge.comp. Many rows fill the device anyway: one workgroup merges
// all its chunks.

layout(constant_id = 4) const bool kSplit = false;
layout(constant_id = 5) const bool kWide = false; // keys are whole runs of 16 bytes
layout(constant_id = 6) const int kType = 0; // of the cache

layout(push_constant) uniform Push {
    Floats y;
    Floats qkv;
    Words pages;
    Ints pageTable;
    Ints positions;
    Ints slots;
    Floats scratch;
    Floats sinks;
    int yStride;
    int stride;
    int heads;
    int kvHeads;
    int tableStride;
    int positionsStride;
    int slotsStride;
    int window;
    int chunks; // that the context can have
    float scale;
    float softcap;
    int sunk; // whether there are sinks
}
p;

shared float query[kHeads * kHeadSize];
shared float shares[kHeads * kChunkTokens];

float scores[kHeads]; // of the key that was read last

/// Every lane calls it. Eight lanes fetch eight elements of a query for all, which costs one read where each
/// lane's own would cost eight.
void scoreKey(int word)
{
    precise float sums[kHeads];
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        sums[h] = 0.0;
    if (kWide && kLanes >= 8) {
        Quads quads = Quads(p.pages);
        for (int i = 0; i < kHeadSize / 8; ++i) {
            const uvec4 words = quads.v[word / 4 + i];
            [[unroll]] for (int h = 0; h < kHeads; ++h) {
                const float own = query[h * kHeadSize + 8 * i + lane() % 8];
                [[unroll]] for (int j = 0; j < 4; ++j) {
                    const vec2 k = unpackHalf2x16(words[j]);
                    sums[h] = fma(subgroupShuffle(own, 2u * uint(j)), k.x, sums[h]);
                    sums[h] = fma(subgroupShuffle(own, 2u * uint(j) + 1u), k.y, sums[h]);
                }
            }
        }
    } else {
        for (int i = 0; i < kHeadSize / 2; ++i) {
            const vec2 k = unpackHalf2x16(p.pages.v[word + i]);
            [[unroll]] for (int h = 0; h < kHeads; ++h) {
                sums[h] = fma(query[h * kHeadSize + 2 * i], k.x, sums[h]);
                sums[h] = fma(query[h * kHeadSize + 2 * i + 1], k.y, sums[h]);
            }
        }
    }
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        scores[h] = sums[h];
}

/// A quantised key: the products of a block are summed as if its scale were 1. Sixteen elements are one
/// (Q4) or two runs of 8 bytes.
void scoreQuants(int word, int scale)
{
    precise float sums[kHeads];
    precise float blocks[kHeads];
    [[unroll]] for (int h = 0; h < kHeads; ++h) {
        sums[h] = 0.0;
        blocks[h] = 0.0;
    }
    for (int i = 0; i < kHeadSize / 16; ++i) {
        uvec4 words;
        if (kType == kQ8_0)
            words = Quads(p.pages).v[word / 4 + i];
        else
            words.xy = Pairs(p.pages).v[word / 2 + i];
        [[unroll]] for (int half_ = 0; half_ < 2; ++half_) {
            const int first = 16 * i + 8 * half_;
            [[unroll]] for (int h = 0; h < kHeads; ++h) {
                const float own = kLanes >= 8 ? query[h * kHeadSize + first + lane() % 8] : 0.0;
                [[unroll]] for (int j = 0; j < 8; ++j) {
                    const int k = kType == kQ8_0
                        ? bitfieldExtract(int(words[2 * half_ + j / 4]), j % 4 * 8, 8)
                        : int(bitfieldExtract(words[half_], 4 * j, 4)) - 8;
                    const float q = kLanes >= 8 ? subgroupShuffle(own, uint(j))
                                                : query[h * kHeadSize + first + j];
                    blocks[h] = fma(q, float(k), blocks[h]);
                }
            }
        }
        if (i % 2 == 1 || i == kHeadSize / 16 - 1) {
            const float factor = halfAt(p.pages.v[(scale + i / 2) / 2], scale + i / 2);
            [[unroll]] for (int h = 0; h < kHeads; ++h) {
                sums[h] = fma(blocks[h], factor, sums[h]);
                blocks[h] = 0.0;
            }
        }
    }
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        scores[h] = sums[h];
}

/// Of each head. `plane` is where the keys of the KV head start in the token's page.
void score(int plane, int token)
{
    const int words = quantWords(kType, kHeadSize);
    if (kType == kF16)
        scoreKey(plane + token * words);
    else // scales by their number from the start of the cache
        scoreQuants(plane + token * words,
                    2 * (plane + kPageTokens * words) + token * scalesOf(kHeadSize));
    [[unroll]] for (int h = 0; h < kHeads; ++h) {
        float s = p.scale * scores[h];
        if (p.softcap > 0.0)
            s = p.softcap * hyperbolicTangent(s / p.softcap);
        scores[h] = s;
    }
}

/// Two neighbours of a value, without the scale of their block, which is 1 for halves.
vec3 valueAndScale(int plane, int token, int pair)
{
    const int word = plane + token * quantWords(kType, kHeadSize);
    if (kType == kF16)
        return vec3(unpackHalf2x16(p.pages.v[word + pair]), 1.0);
    const int scale = 2 * (plane + kPageTokens * quantWords(kType, kHeadSize)) +
        token * scalesOf(kHeadSize) + pair / (kKvBlock / 2);
    ivec2 v;
    if (kType == kQ8_0) {
        const int two = int(p.pages.v[word + pair / 2]);
        v = ivec2(bitfieldExtract(two, pair % 2 * 16, 8), bitfieldExtract(two, pair % 2 * 16 + 8, 8));
    } else {
        const uint eight = p.pages.v[word + pair / 4];
        v = ivec2(bitfieldExtract(eight, pair % 4 * 8, 4), bitfieldExtract(eight, pair % 4 * 8 + 4, 4)) - 8;
    }
    return vec3(v, halfAt(p.pages.v[scale / 2], scale));
}

/// The newest chunk's values, of its tokens first .. last, weighted by the shares of each head.
void sumValues(int start, int first, int last, int table, int kvHead)
{
    precise vec2 sums[kHeads * kPairsEach];
    [[unroll]] for (int i = 0; i < kHeads * kPairsEach; ++i)
        sums[i] = vec2(0.0);
    int plane = 0;
    for (int t = first; t <= last; ++t) {
        if (t == first || t % kPageTokens == 0)
            plane = planeStart(kType, p.pageTable.v[table + (start + t) / kPageTokens],
                               p.kvHeads + kvHead, p.kvHeads, kHeadSize);
        float weights[kHeads];
        [[unroll]] for (int h = 0; h < kHeads; ++h)
            weights[h] = shares[h * kChunkTokens + t];
        [[unroll]] for (int i = 0; i < kPairsEach; ++i) {
            const int pair = min(invocation() + i * kGroup, kHeadSize / 2 - 1);
            const vec3 v = valueAndScale(plane, t % kPageTokens, pair);
            [[unroll]] for (int h = 0; h < kHeads; ++h) {
                precise float weight = weights[h] * v.z;
                const int at = h * kPairsEach + i;
                sums[at] = vec2(fma(weight, v.x, sums[at].x), fma(weight, v.y, sums[at].y));
            }
        }
    }
    [[unroll]] for (int i = 0; i < kHeads * kPairsEach; ++i)
        chunkSums[i] = sums[i];
}

/// Computes the newest chunk. `table` is where the sequence's page table starts, `seen` the positions the row
/// sees.
void computeChunk(int number, int table, int kvHead, ivec2 seen)
{
    const int start = number * kChunkTokens;
    const int first = max(seen.x - start, 0);
    const int last = min(seen.y - start, kChunkTokens - 1);

    float greatest[kHeads];
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        greatest[h] = -3.0e38;
    for (int base = first / kGroup * kGroup; base <= last; base += kGroup) {
        const int t = base + invocation();
        const int seenToken = clamp(t, first, last);
        const int page = p.pageTable.v[table + (start + seenToken) / kPageTokens];
        score(planeStart(kType, page, kvHead, p.kvHeads, kHeadSize), seenToken % kPageTokens);
        if (t != seenToken)
            continue;
        [[unroll]] for (int h = 0; h < kHeads; ++h) {
            shares[h * kChunkTokens + t] = scores[h];
            greatest[h] = max(greatest[h], scores[h]);
        }
    }

    [[unroll]] for (int h = 0; h < kHeads; ++h) {
        chunk[h].greatest = workgroupGreatest(greatest[h]);
        precise float total = 0.0;
        for (int t = invocation(); t <= last; t += kGroup) {
            if (t < first)
                continue;
            const int at = h * kChunkTokens + t;
            shares[at] = exponential(shares[at] - chunk[h].greatest);
            total = total + shares[at];
        }
        chunk[h].total = workgroupTotal(total);
    }
    barrier();

    sumValues(start, first, last, table, kvHead);
    barrier();
}

/// The newest chunk of one of the heads.
void writeChunk(int h, int at)
{
    if (invocation() == 0) {
        p.scratch.v[at] = chunk[h].greatest;
        p.scratch.v[at + 1] = chunk[h].total;
    }
    [[unroll]] for (int i = 0; i < kPairsEach; ++i) {
        const int pair = invocation() + i * kGroup;
        if (pair >= kHeadSize / 2)
            continue;
        p.scratch.v[at + 2 + 2 * pair] = chunkSums[h * kPairsEach + i].x;
        p.scratch.v[at + 3 + 2 * pair] = chunkSums[h * kPairsEach + i].y;
    }
}

void main()
{
    const int firstHead = int(gl_WorkGroupID.y) * kHeads;
    const int r = int(gl_WorkGroupID.z);
    const int position = p.positions.v[r * p.positionsStride];
    const int output_ = r * p.yStride + firstHead * kHeadSize;
    if (position < 0) {
        if (!kSplit)
            writeZeros(p.y, output_);
        return;
    }
    const ivec2 seen = visible(position, p.window);
    const ivec2 chunks = seen / kChunkTokens;
    const int number = int(gl_WorkGroupID.x);
    if (kSplit && (number < chunks.x || number > chunks.y))
        return;

    for (int i = invocation(); i < kHeads * kHeadSize; i += kGroup)
        query[i] = p.qkv.v[r * p.stride + firstHead * kHeadSize + i];
    barrier();

    const int table = p.slots.v[r * p.slotsStride] * p.tableStride;
    const int kvHead = firstHead / (p.heads / p.kvHeads);
    if (kSplit) {
        computeChunk(number, table, kvHead, seen);
        [[unroll]] for (int h = 0; h < kHeads; ++h)
            writeChunk(h, ((r * p.heads + firstHead + h) * p.chunks + number) * (kHeadSize + 2));
        return;
    }
    computeChunk(chunks.x, table, kvHead, seen);
    begin();
    for (int c = chunks.x + 1; c <= chunks.y; ++c) {
        computeChunk(c, table, kvHead, seen);
        merge();
    }
    if (p.sunk != 0)
        mergeSinks(p.sinks, firstHead);
    writeOutput(p.y, output_);
}
