// Partial results of attention over chunks of the cache, and how they merge. attention.comp and
// attention_merge.comp merge with the same operations in the same order, so both give the same bits.

const int kChunkTokens = 256;
layout(constant_id = 3) const int kHeadSize = 64;

const int kGroup = kLanes * kSubgroups;
const int kPairsEach = (kHeadSize / 2 + kGroup - 1) / kGroup; // pairs of elements an invocation sums

/// Of some chunks: the greatest score and the sum of e^(score - greatest).
struct Shares {
    float greatest;
    float total;
};

// The values weighted by those shares; of all chunks so far and of the newest. (Not members: GLSL cannot
// copy arrays whose size is a specialisation constant.)
vec2 allSums[kPairsEach];
vec2 chunkSums[kPairsEach];

int invocation() { return subgroup() * kLanes + lane(); }

/// The first chunk is all there is so far.
void begin()
{
    for (int i = 0; i < kPairsEach; ++i)
        allSums[i] = chunkSums[i];
}

Shares merge(Shares all, Shares chunk)
{
    const float greatest = max(all.greatest, chunk.greatest);
    const float before = exponential(all.greatest - greatest);
    const float now = exponential(chunk.greatest - greatest);
    precise float total = all.total * before + chunk.total * now;
    for (int i = 0; i < kPairsEach; ++i) {
        precise vec2 sum = allSums[i] * before + chunkSums[i] * now;
        allSums[i] = sum;
    }
    return Shares(greatest, total);
}

/// The positions a row sees, first and last.
ivec2 visible(int position, int window)
{
    return ivec2(window > 0 ? max(0, position - window + 1) : 0, position);
}

void writeOutput(Floats y, int at, float total)
{
    for (int i = 0; i < kPairsEach; ++i) {
        const int pair = invocation() + i * kGroup;
        if (pair >= kHeadSize / 2)
            continue;
        precise vec2 result = allSums[i] / total;
        y.v[at + 2 * pair] = result.x;
        y.v[at + 2 * pair + 1] = result.y;
    }
}

void writeZeros(Floats y, int at)
{
    for (int i = invocation(); i < kHeadSize; i += kGroup)
        y.v[at + i] = 0.0;
}
