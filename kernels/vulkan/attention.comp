#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

#include "attention.glsl"
#include "half.glsl"
#include "pages.glsl"
#include "reduce.glsl"

// Flash decoding (Dao et al. 2023) over chunks of 256 tokens at fixed positions. A workgroup owns a query head of
// a row: first its invocations share out the chunk's tokens (scores), then the elements of the head
// (values). Few rows: one workgroup per chunk, merged by attention_merge.comp. Many rows fill the device
// anyway: one workgroup merges all its chunks.

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
}
p;

shared float query[kHeadSize];
shared float shares[kChunkTokens];

/// Every lane calls it. Eight lanes fetch eight elements of the query for all, which costs one read where each
/// lane's own would cost eight.
float dotWithKey(int word)
{
    precise float sum = 0.0;
    if (kWide && kLanes >= 8) {
        Quads quads = Quads(p.pages);
        for (int i = 0; i < kHeadSize / 8; ++i) {
            const uvec4 words = quads.v[word / 4 + i];
            const float own = query[8 * i + lane() % 8];
            [[unroll]] for (int j = 0; j < 4; ++j) {
                const vec2 k = unpackHalf2x16(words[j]);
                sum = fma(subgroupShuffle(own, 2u * uint(j)), k.x, sum);
                sum = fma(subgroupShuffle(own, 2u * uint(j) + 1u), k.y, sum);
            }
        }
    } else {
        for (int i = 0; i < kHeadSize / 2; ++i) {
            const vec2 k = unpackHalf2x16(p.pages.v[word + i]);
            sum = fma(query[2 * i], k.x, sum);
            sum = fma(query[2 * i + 1], k.y, sum);
        }
    }
    return sum;
}

/// Of a quantised key: the products of a block are summed as if its scale were 1. Sixteen elements are one
/// (Q4) or two runs of 8 bytes.
float dotWithQuants(int word, int scale)
{
    precise float sum = 0.0;
    precise float block = 0.0;
    for (int i = 0; i < kHeadSize / 16; ++i) {
        uvec4 words;
        if (kType == kQ8_0)
            words = Quads(p.pages).v[word / 4 + i];
        else
            words.xy = Pairs(p.pages).v[word / 2 + i];
        [[unroll]] for (int half_ = 0; half_ < 2; ++half_) {
            const int first = 16 * i + 8 * half_;
            const float own = kLanes >= 8 ? query[first + lane() % 8] : 0.0;
            [[unroll]] for (int j = 0; j < 8; ++j) {
                const int k = kType == kQ8_0
                    ? bitfieldExtract(int(words[2 * half_ + j / 4]), j % 4 * 8, 8)
                    : int(bitfieldExtract(words[half_], 4 * j, 4)) - 8;
                const float q = kLanes >= 8 ? subgroupShuffle(own, uint(j)) : query[first + j];
                block = fma(q, float(k), block);
            }
        }
        if (i % 2 == 1 || i == kHeadSize / 16 - 1) {
            sum = fma(block, halfAt(p.pages.v[(scale + i / 2) / 2], scale + i / 2), sum);
            block = 0.0;
        }
    }
    return sum;
}

/// `plane` is where the keys of the head start in the token's page.
float score(int plane, int token)
{
    const int words = quantWords(kType, kHeadSize);
    float s = p.scale;
    if (kType == kF16)
        s *= dotWithKey(plane + token * words);
    else // scales by their number from the start of the cache
        s *= dotWithQuants(plane + token * words,
                           2 * (plane + kPageTokens * words) + token * scalesOf(kHeadSize));
    if (p.softcap > 0.0)
        s = p.softcap * hyperbolicTangent(s / p.softcap);
    return s;
}

/// Two neighbours of a value, times its share. `plane` is where the values of the head start.
vec2 addValue(vec2 sum, int plane, int token, int pair, float share)
{
    const int word = plane + token * quantWords(kType, kHeadSize);
    if (kType == kF16) {
        const vec2 v = unpackHalf2x16(p.pages.v[word + pair]);
        return vec2(fma(share, v.x, sum.x), fma(share, v.y, sum.y));
    }
    const int scale = 2 * (plane + kPageTokens * quantWords(kType, kHeadSize)) +
        token * scalesOf(kHeadSize) + pair / (kKvBlock / 2);
    precise float weight = share * halfAt(p.pages.v[scale / 2], scale);
    ivec2 v;
    if (kType == kQ8_0) {
        const int two = int(p.pages.v[word + pair / 2]);
        v = ivec2(bitfieldExtract(two, pair % 2 * 16, 8), bitfieldExtract(two, pair % 2 * 16 + 8, 8));
    } else {
        const uint eight = p.pages.v[word + pair / 4];
        v = ivec2(bitfieldExtract(eight, pair % 4 * 8, 4), bitfieldExtract(eight, pair % 4 * 8 + 4, 4)) - 8;
    }
    return vec2(fma(weight, float(v.x), sum.x), fma(weight, float(v.y), sum.y));
}

/// One chunk's shares, and its chunkSums. `table` is where the sequence's page table starts, `seen` the
/// positions the row sees.
Shares chunkShares(int chunk, int table, int kvHead, ivec2 seen)
{
    const int start = chunk * kChunkTokens;
    const int first = max(seen.x - start, 0);
    const int last = min(seen.y - start, kChunkTokens - 1);

    float greatest = -3.0e38;
    for (int base = first / kGroup * kGroup; base <= last; base += kGroup) {
        const int t = base + invocation();
        const int seenToken = clamp(t, first, last);
        const int page = p.pageTable.v[table + (start + seenToken) / kPageTokens];
        const float s = score(planeStart(kType, page, kvHead, p.kvHeads, kHeadSize),
                              seenToken % kPageTokens);
        if (t != seenToken)
            continue;
        shares[t] = s;
        greatest = max(greatest, s);
    }
    greatest = workgroupGreatest(greatest);

    precise float total = 0.0;
    for (int t = invocation(); t <= last; t += kGroup) {
        if (t < first)
            continue;
        shares[t] = exponential(shares[t] - greatest);
        total = total + shares[t];
    }
    total = workgroupTotal(total);
    barrier();

    precise vec2 sums[kPairsEach];
    for (int i = 0; i < kPairsEach; ++i)
        sums[i] = vec2(0.0);
    for (int t = first; t <= last; ++t) {
        const int page = p.pageTable.v[table + (start + t) / kPageTokens];
        const int plane = planeStart(kType, page, p.kvHeads + kvHead, p.kvHeads, kHeadSize);
        for (int i = 0; i < kPairsEach; ++i) {
            const int pair = min(invocation() + i * kGroup, kHeadSize / 2 - 1);
            sums[i] = addValue(sums[i], plane, t % kPageTokens, pair, shares[t]);
        }
    }
    barrier();
    for (int i = 0; i < kPairsEach; ++i)
        chunkSums[i] = sums[i];
    return Shares(greatest, total);
}

void writeChunk(int at, Shares chunk)
{
    if (invocation() == 0) {
        p.scratch.v[at] = chunk.greatest;
        p.scratch.v[at + 1] = chunk.total;
    }
    for (int i = 0; i < kPairsEach; ++i) {
        const int pair = invocation() + i * kGroup;
        if (pair >= kHeadSize / 2)
            continue;
        p.scratch.v[at + 2 + 2 * pair] = chunkSums[i].x;
        p.scratch.v[at + 3 + 2 * pair] = chunkSums[i].y;
    }
}

void main()
{
    const int h = int(gl_WorkGroupID.y);
    const int r = int(gl_WorkGroupID.z);
    const int position = p.positions.v[r * p.positionsStride];
    const int output_ = r * p.yStride + h * kHeadSize;
    if (position < 0) {
        if (!kSplit)
            writeZeros(p.y, output_);
        return;
    }
    const ivec2 seen = visible(position, p.window);
    const ivec2 chunks = seen / kChunkTokens;
    const int chunk = int(gl_WorkGroupID.x);
    if (kSplit && (chunk < chunks.x || chunk > chunks.y))
        return;

    for (int i = invocation(); i < kHeadSize; i += kGroup)
        query[i] = p.qkv.v[r * p.stride + h * kHeadSize + i];
    barrier();

    const int table = p.slots.v[r * p.slotsStride] * p.tableStride;
    const int kvHead = h / (p.heads / p.kvHeads);
    if (kSplit) {
        const int at = ((r * p.heads + h) * p.chunks + chunk) * (kHeadSize + 2);
        writeChunk(at, chunkShares(chunk, table, kvHead, seen));
        return;
    }
    Shares all = chunkShares(chunks.x, table, kvHead, seen);
    begin();
    for (int c = chunks.x + 1; c <= chunks.y; ++c)
        all = merge(all, chunkShares(c, table, kvHead, seen));
    writeOutput(p.y, output_, all.total);
}
