#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "matmul.glsl"

// Many rows: a lane owns kCols outputs, kLanes apart, of kRows rows, and walks the units in the order of
// matmul.comp. The rows' units of x lie spread over the subgroup's registers; each number reaches all lanes
// by a shuffle from a lane known when compiling, which is cheap on every device. No shared memory, no barriers.
// For experts the rows of a tile are picks of one expert, which expert_groups.comp put together.

layout(constant_id = 3) const int kRows = 8;
layout(constant_id = 4) const int kCols = 4;
layout(constant_id = 5) const bool kPicks = false;
const int kOutputs = kRows * kCols;
const int kSpread = (kRows * kWords + kLanes - 1) / kLanes; // words of x that a lane holds
const int kSpreadScales = (kRows + kLanes - 1) / kLanes;
#if defined(BYTE_DOTS)
#define Number int
const int kNumbers = 1; // in a word of x, as they are multiplied
#else
#define Number float
const int kNumbers = kWords == 32 ? 1 : 4;
#endif

int xStarts[kSpread]; // words of x that the lane reads, in the first unit
int xScaleStarts[kSpreadScales];
Number xSpread[kSpread * kNumbers];
Scale xSpreadScales[kSpreadScales];

int tile() { return int(gl_WorkGroupID.y); }

/// The row of the results that row `r` of the tile is; where the tile has fewer, one beyond them.
int rowOf(int r) { return kPicks ? p.ids.v[tile() * (1 + kRows) + 1 + r] : tile() * kRows + r; }

/// The row of x that row `r` of the tile is made of; of one beyond the results, that of the last.
int inputOf(int r)
{
    const int inside = min(rowOf(r), p.rows - 1);
    return kPicks ? inside / p.picksPerX : inside;
}

void findX()
{
    [[unroll]] for (int i = 0; i < kSpread; ++i) {
        const int word = i * kLanes + lane();
        xStarts[i] = inputOf(min(word / kWords, kRows - 1)) * p.xStride + word % kWords;
    }
    [[unroll]] for (int i = 0; i < kSpreadScales; ++i)
        xScaleStarts[i] = inputOf(min(i * kLanes + lane(), kRows - 1)) * p.units;
}

void loadX(int u)
{
    [[unroll]] for (int i = 0; i < kSpread; ++i) {
        const uint bits = Words(p.x).v[xStarts[i] + u * kWords];
#if defined(BYTE_DOTS)
        xSpread[i] = int(bits);
#elif defined(QUANTISED)
        const vec4 numbers = unpacked(int(bits));
        [[unroll]] for (int n = 0; n < 4; ++n)
            xSpread[4 * i + n] = numbers[n];
#else
        xSpread[i] = uintBitsToFloat(bits);
#endif
    }
#if defined(QUANTISED)
    [[unroll]] for (int i = 0; i < kSpreadScales; ++i)
        xSpreadScales[i] = p.xScales.v[xScaleStarts[i] + u].SCALE_OF;
#endif
}

/// Number `n` of the unit of x of row r.
Number xNumber(int r, int n)
{
    const int word = r * kWords + n / kNumbers;
    return subgroupShuffle(xSpread[word / kLanes * kNumbers + n % kNumbers], uint(word % kLanes));
}

Eight x8(int r, int eighth)
{
    Eight x;
#if defined(BYTE_DOTS)
    x = ivec2(xNumber(r, 2 * eighth), xNumber(r, 2 * eighth + 1));
#else
    [[unroll]] for (int i = 0; i < 8; ++i)
        x[i / 4][i % 4] = xNumber(r, 8 * eighth + i);
#endif
    return x;
}

Scale xScale(int r)
{
#if defined(QUANTISED)
    return subgroupShuffle(xSpreadScales[r / kLanes], uint(r % kLanes));
#else
    return Scale(1.0, 0.0);
#endif
}

void main()
{
    const int strip = int(gl_WorkGroupID.x) * kSubgroups + subgroup();
    const int firstOut = p.firstOut + strip * kLanes * kCols;
    const int expert = kPicks ? p.ids.v[tile() * (1 + kRows)] : 0; // -1 where there is no such tile
    if (firstOut >= p.lastOut || expert < 0)
        return;
    const int matrix = expert * p.expertOut;
    const int firstUnit = matrix * p.units;
    findX();

    precise float totals[kOutputs];
    const int parts = min(kParts, p.units);
    for (int part = 0; part < parts; ++part) {
        precise float sums[kOutputs];
        [[unroll]] for (int i = 0; i < kOutputs; ++i)
            sums[i] = 0.0;
        for (int u = part; u < p.units; u += kParts) {
            loadX(u);
            Unit w[kCols];
            [[unroll]] for (int c = 0; c < kCols; ++c)
                w[c] = loadUnit(
                    p.w, firstUnit + min(firstOut + c * kLanes + lane(), p.lastOut - 1) * p.units + u);
            precise Products products[kOutputs];
            [[unroll]] for (int i = 0; i < kOutputs; ++i)
                products[i] = Products(0);
            [[unroll]] for (int eighth = 0; eighth < 4; ++eighth) {
                Eight weights[kCols];
                [[unroll]] for (int c = 0; c < kCols; ++c)
                    weights[c] = weights8(w[c], eighth);
                [[unroll]] for (int r = 0; r < kRows; ++r) {
                    const Eight x = x8(r, eighth);
                    [[unroll]] for (int c = 0; c < kCols; ++c)
                        products[r * kCols + c] =
                            withProducts(products[r * kCols + c], w[c], eighth, weights[c], x);
                }
            }
            [[unroll]] for (int r = 0; r < kRows; ++r) {
                const Scale scale = xScale(r);
                [[unroll]] for (int c = 0; c < kCols; ++c)
                    sums[r * kCols + c] =
                        withUnit(sums[r * kCols + c], products[r * kCols + c], w[c], scale);
            }
        }
        [[unroll]] for (int i = 0; i < kOutputs; ++i)
            totals[i] = part == 0 ? sums[i] : totals[i] + sums[i];
    }

    [[unroll]] for (int r = 0; r < kRows; ++r) {
        const int row = rowOf(r);
        [[unroll]] for (int c = 0; c < kCols; ++c)
            writeOutput(row, firstOut + c * kLanes + lane(), totals[r * kCols + c], matrix);
    }
}
