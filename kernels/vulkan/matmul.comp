#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "matmul.glsl"

// Few rows: kParts neighbouring lanes share the sums of kRows x kCols outputs, one partial sum each. They
// read neighbouring units of a row of w; a unit is decoded once for all kRows rows. For experts a row of the
// results is a pick: its expert's number is read here, so a recorded step need not know it.

layout(constant_id = 3) const int kRows = 1;
layout(constant_id = 4) const int kCols = 2;
layout(constant_id = 5) const bool kPicks = false; // then kRows is 1
const int kOutputs = kRows * kCols;
const int kHeld = (kOutputs + kParts - 1) / kParts * kParts; // outputs, rounded up
const int kTeams = kLanes / kParts; // of a subgroup

/// The row of x that row `row` of the results is made of; of one beyond them, the last.
int inputOf(int row)
{
    const int inside = min(row, p.rows - 1);
    return kPicks ? inside / p.picksPerX : inside;
}

/// Where the matrix of a row begins, in rows of w.
int firstOf(int row)
{
    return kPicks ? p.ids.v[row / p.picks * p.idStride + row % p.picks] * p.expertOut : 0;
}

Scale xScale(int row, int u)
{
#if defined(QUANTISED)
    return p.xScales.v[row * p.units + u].SCALE_OF;
#else
    return Scale(1.0, 0.0);
#endif
}

/// Eight numbers of row r of x.
Eight x8(int row, int u, int eighth)
{
    Eight x;
#if defined(QUANTISED)
    const ivec2 words = ivec2(Pairs(p.x).v[(row * p.xStride + u * kWords) / 2 + eighth]);
#if defined(BYTE_DOTS)
    x = words;
#else
    x[0] = unpacked(words.x);
    x[1] = unpacked(words.y);
#endif
#else
    const int at = (row * p.xStride + u * kWords) / 4 + 2 * eighth;
    x[0] = uintBitsToFloat(p.x.v[at]);
    x[1] = uintBitsToFloat(p.x.v[at + 1]);
#endif
    return x;
}

void main()
{
    const int part = lane() % kParts;
    const int firstTeam = (int(gl_WorkGroupID.x) * kSubgroups + subgroup()) * kTeams;
    const int firstOut = p.firstOut + (firstTeam + lane() / kParts) * kCols;
    const int firstRow = int(gl_WorkGroupID.y) * kRows;
    if (p.firstOut + firstTeam * kCols >= p.lastOut)
        return;
    const int matrix = firstOf(firstRow);
    const int firstUnit = matrix * p.units;

    precise float sums[kHeld];
    [[unroll]] for (int i = 0; i < kHeld; ++i)
        sums[i] = 0.0;

    for (int u = part; u < p.units; u += kParts) {
        Unit w[kCols];
        [[unroll]] for (int c = 0; c < kCols; ++c)
            w[c] = loadUnit(p.w, firstUnit + min(firstOut + c, p.lastOut - 1) * p.units + u);
        precise Products products[kOutputs];
        [[unroll]] for (int i = 0; i < kOutputs; ++i)
            products[i] = Products(0);
        // Unrolled, it takes drivers that compile for a CPU many times as long, and runs slower there.
        [[dont_unroll]] for (int eighth = 0; eighth < 4; ++eighth) {
            Eight x[kRows];
            [[unroll]] for (int r = 0; r < kRows; ++r)
                x[r] = x8(inputOf(firstRow + r), u, eighth);
            [[unroll]] for (int c = 0; c < kCols; ++c) {
                const Eight weights = weights8(w[c], eighth);
                [[unroll]] for (int r = 0; r < kRows; ++r)
                    products[r * kCols + c] =
                        withProducts(products[r * kCols + c], w[c], eighth, weights, x[r]);
            }
        }
        [[unroll]] for (int r = 0; r < kRows; ++r) {
            const Scale scale = xScale(inputOf(firstRow + r), u);
            [[unroll]] for (int c = 0; c < kCols; ++c)
                sums[r * kCols + c] =
                    withUnit(sums[r * kCols + c], products[r * kCols + c], w[c], scale);
        }
    }

    // Of each kParts outputs lane l of a team gathers the partial sums of output l: at each level a lane
    // keeps one half of what it holds and gives away the other.
    const int parts = min(kParts, p.units);
    [[unroll]] for (int first = 0; first < kHeld; first += kParts) {
        [[unroll]] for (int level = 1; level <= 3; ++level) { // drivers unroll what counts by ones
            const int distance = kParts >> level;
            const bool upper = (part & distance) != 0;
            [[unroll]] for (int i = 0; i < kParts; ++i) {
                if (distance == 0 || (i & distance) != 0)
                    continue;
                const int low = first + i;
                const int high = low + distance;
                const float got =
                    subgroupShuffleXor(upper ? sums[low] : sums[high], uint(distance));
                sums[low] = upper ? got : sums[low];
                sums[high] = upper ? sums[high] : got;
            }
        }
        precise float sum = sums[first];
        [[unroll]] for (int i = 1; i < kParts; ++i)
            sum = i < parts ? sum + sums[first + i] : sum;
        const int output_ = first + part;
        if (output_ < kOutputs)
            writeOutput(firstRow + output_ / kCols, firstOut + output_ % kCols, sum, matrix);
    }
}
