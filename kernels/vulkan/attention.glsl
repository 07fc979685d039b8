// Partial results of attention over chunks of the cache, and how they merge. attention.comp and
// attention_merge.comp merge with the same operations in the same order, so both give the same bits.
// A workgroup owns kHeads query heads of a row; who includes this says how many.

const int kChunkTokens = 256;
layout(constant_id = 3) const int kHeadSize = 64;

const int kGroup = kLanes * kSubgroups;
const int kPairsEach = (kHeadSize / 2 + kGroup - 1) / kGroup; // pairs of elements an invocation sums

/// Of some chunks: the greatest score and the sum of e^(score - greatest).
struct Shares {
    float greatest;
    float total;
};

// Of each head, of all chunks so far and of the newest; and the values weighted by the shares. (Not members:
// GLSL cannot copy arrays whose size is a specialisation constant.)
Shares all[kHeads];
Shares chunk[kHeads];
vec2 allSums[kHeads * kPairsEach];
vec2 chunkSums[kHeads * kPairsEach];

int invocation() { return subgroup() * kLanes + lane(); }

/// The first chunk is all there is so far.
void begin()
{
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        all[h] = chunk[h];
    [[unroll]] for (int i = 0; i < kHeads * kPairsEach; ++i)
        allSums[i] = chunkSums[i];
}

/// The newest chunk is the next one.
void merge()
{
    [[unroll]] for (int h = 0; h < kHeads; ++h) {
        const float greatest = max(all[h].greatest, chunk[h].greatest);
        const float before = exponential(all[h].greatest - greatest);
        const float now = exponential(chunk[h].greatest - greatest);
        precise float total = all[h].total * before + chunk[h].total * now;
        [[unroll]] for (int i = h * kPairsEach; i < (h + 1) * kPairsEach; ++i) {
            precise vec2 sum = allSums[i] * before + chunkSums[i] * now;
            allSums[i] = sum;
        }
        all[h] = Shares(greatest, total);
    }
}

/// A score for each head that takes part as one more token with the value zero, behind all chunks.
void mergeSinks(Floats sinks, int firstHead)
{
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        chunk[h] = Shares(sinks.v[firstHead + h], 1.0);
    [[unroll]] for (int i = 0; i < kHeads * kPairsEach; ++i)
        chunkSums[i] = vec2(0.0);
    merge();
}

/// The positions a row sees, first and last.
ivec2 visible(int position, int window)
{
    return ivec2(window > 0 ? max(0, position - window + 1) : 0, position);
}

/// `at` is where the first head's part of the row lies.
void writeOutput(Floats y, int at)
{
    [[unroll]] for (int h = 0; h < kHeads; ++h)
        [[unroll]] for (int i = 0; i < kPairsEach; ++i) {
            const int pair = invocation() + i * kGroup;
            if (pair >= kHeadSize / 2)
                continue;
            precise vec2 result = allSums[h * kPairsEach + i] / all[h].total;
            y.v[at + h * kHeadSize + 2 * pair] = result.x;
            y.v[at + h * kHeadSize + 2 * pair + 1] = result.y;
        }
}

void writeZeros(Floats y, int at)
{
    for (int i = invocation(); i < kHeads * kHeadSize; i += kGroup)
        y.v[at + i] = 0.0;
}
