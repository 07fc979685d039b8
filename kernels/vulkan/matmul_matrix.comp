#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#include "memory.glsl"

#include "matmul.glsl"

// Prompts: a workgroup owns a tile of rows x outputs and walks the units in the order of matmul.comp. A unit
// of both sides is put into shared memory as signed bytes; the device's matrix units multiply it, and since
// its sum is a whole number, in whatever order they do. What follows is done element by element in the lanes
// that the results lie in, where the scales come to by loads with a stride of zero: the bits are those of
// matmul.comp. Two copies of the tile take turns, so there is one barrier per unit.

// The matrices that the device multiplies: kM rows by kN outputs, kK elements at a time
layout(constant_id = 3) const int kM = 16;
layout(constant_id = 4) const int kN = 16;
layout(constant_id = 5) const int kK = 32;
layout(constant_id = 6) const int kRowBlocks = 2; // of results, that a subgroup holds
layout(constant_id = 7) const int kColBlocks = 2;
layout(constant_id = 8) const int kSubgroupRows = 2; // subgroups that share outputs
const int kSubgroupCols = kSubgroups / kSubgroupRows;
const int kTileRows = kSubgroupRows * kRowBlocks * kM;
const int kTileCols = kSubgroupCols * kColBlocks * kN;

// In shared memory eight bytes are a word. The halves of a unit that have scales of their own are multiplied
// apart; where a matrix is longer than a half, each half of w is a unit itself, zero elsewhere.
#if defined(HAS_HALF_SCALES)
const int kHalves = 2;
#else
const int kHalves = 1;
#endif
const int kUnitWords = 4;
const bool kPadded = kHalves * kK > 32;
const int kStoredWords = kPadded ? kHalves * kUnitWords : kUnitWords; // of a unit of w
const int kHalfWords = kUnitWords / kHalves;
const int kStepWords = kK / 8;
const int kSteps = kPadded ? 1 : kHalfWords / kStepWords;

const int kInvocations = kLanes * kSubgroups;
const int kSharers = kInvocations < 2 * kTileCols ? 1 : 2; // of the work to unpack a unit

shared uvec2 xTile[2 * kTileRows * kUnitWords];
shared uvec2 wTile[2 * kTileCols * kStoredWords];
shared float xScale[2 * kTileRows];
shared float wScale[2 * kTileCols];
#if defined(HAS_LEAST)
shared float xSum[2 * kTileRows];
shared float wLeast[2 * kTileCols];
#endif
#if defined(HAS_HALF_SCALES)
shared int wHalfScale[2 * kHalves * kTileCols];
#endif
shared float results[kSubgroups * kM * kN];

#define XMatrix coopmat<int8_t, gl_ScopeSubgroup, kM, kK, gl_MatrixUseA>
#define WMatrix coopmat<int8_t, gl_ScopeSubgroup, kK, kN, gl_MatrixUseB>
#define WholeMatrix coopmat<int, gl_ScopeSubgroup, kM, kN, gl_MatrixUseAccumulator>
#define FloatMatrix coopmat<float, gl_ScopeSubgroup, kM, kN, gl_MatrixUseAccumulator>

const int kByRow = gl_CooperativeMatrixLayoutRowMajor;
const int kByColumn = gl_CooperativeMatrixLayoutColumnMajor;

void meet()
{
    if (kSubgroups > 1)
        barrier();
    else
        subgroupBarrier();
}

/// Puts unit u of the tile's rows of x there.
void shareX(int copy, int u, int firstRow)
{
    for (int i = int(gl_LocalInvocationIndex); i < kTileRows; i += kInvocations) {
        const int row = min(firstRow + i, p.rows - 1);
        const int from = (row * p.xStride + u * kWords) / 4;
        const int to = (copy * kTileRows + i) * kUnitWords;
        [[unroll]] for (int half_ = 0; half_ < 2; ++half_) {
            const uvec4 bytes = p.x.v[from + half_];
            xTile[to + 2 * half_] = bytes.xy;
            xTile[to + 2 * half_ + 1] = bytes.zw;
        }
        const vec2 scales = p.xScales.v[row * p.units + u].xy;
        xScale[copy * kTileRows + i] = scales.x;
#if defined(HAS_LEAST)
        xSum[copy * kTileRows + i] = scales.y;
#endif
    }
}

/// Puts unit u of the tile's rows of w there.
void shareW(int copy, int u, int firstOut)
{
    for (int i = int(gl_LocalInvocationIndex); i < kTileCols * kSharers; i += kInvocations) {
        const int share = i / kTileCols;
        const int column = i % kTileCols;
        const Unit w = loadUnit(p.w, min(firstOut + column, p.lastOut - 1) * p.units + u);
        const int at = copy * kTileCols + column;
        [[unroll]] for (int e = 0; e < kUnitWords / kSharers; ++e) {
            const int eighth = share * (kUnitWords / kSharers) + e;
            const int to = at * kStoredWords + eighth;
            const uvec2 bytes = uvec2(packed8(p.w, w, eighth));
            if (kPadded) {
                const bool upper = eighth >= kHalfWords;
                wTile[to] = upper ? uvec2(0u) : bytes;
                wTile[to + kUnitWords] = upper ? bytes : uvec2(0u);
            } else {
                wTile[to] = bytes;
            }
        }
        if (share > 0)
            continue;
        wScale[at] = w.scale;
#if defined(HAS_LEAST)
        wLeast[at] = w.least;
#endif
#if defined(HAS_HALF_SCALES)
        wHalfScale[copy * kHalves * kTileCols + column] = w.scales.x;
        wHalfScale[(copy * kHalves + 1) * kTileCols + column] = w.scales.y;
#endif
    }
}

FloatMatrix sums[kRowBlocks * kColBlocks];
XMatrix left[kHalves * kSteps * kRowBlocks]; // x of the unit in shared memory

/// The products of that unit, of block r of the rows and some outputs.
WholeMatrix multiplied(int r, int copy, int column)
{
    WholeMatrix products = WholeMatrix(0);
    [[unroll]] for (int h = 0; h < kHalves; ++h) {
        WholeMatrix of = WholeMatrix(0);
        [[unroll]] for (int s = 0; s < kSteps; ++s) {
            const int word = kPadded ? h * kUnitWords : h * kHalfWords + s * kStepWords;
            WMatrix right;
            coopMatLoad(right, wTile, (copy * kTileCols + column) * kStoredWords + word,
                        kStoredWords, kByColumn);
            of = coopMatMulAdd(left[(h * kSteps + s) * kRowBlocks + r], right, of);
        }
#if defined(HAS_HALF_SCALES)
        WholeMatrix scales;
        coopMatLoad(scales, wHalfScale, (copy * kHalves + h) * kTileCols + column, 0, kByRow);
        [[unroll]] for (int i = 0; i < products.length(); ++i)
            products[i] += of[i] * scales[i];
#else
        products = of;
#endif
    }
    return products;
}

/// The subgroup's sums with the unit in shared memory more.
void addUnit(int copy, int row, int column)
{
    FloatMatrix xScales[kRowBlocks];
#if defined(HAS_LEAST)
    FloatMatrix xSums[kRowBlocks];
#endif
    [[unroll]] for (int r = 0; r < kRowBlocks; ++r) {
        const int first = copy * kTileRows + row + r * kM;
        [[unroll]] for (int s = 0; s < kHalves * kSteps; ++s)
            coopMatLoad(left[s * kRowBlocks + r], xTile,
                        first * kUnitWords + (kPadded ? 0 : s * kStepWords), kUnitWords, kByRow);
        coopMatLoad(xScales[r], xScale, first, 0, kByColumn);
#if defined(HAS_LEAST)
        coopMatLoad(xSums[r], xSum, first, 0, kByColumn);
#endif
    }
    [[unroll]] for (int c = 0; c < kColBlocks; ++c) {
        const int first = copy * kTileCols + column + c * kN;
        FloatMatrix scales;
        coopMatLoad(scales, wScale, first, 0, kByRow);
#if defined(HAS_LEAST)
        FloatMatrix leasts;
        coopMatLoad(leasts, wLeast, first, 0, kByRow);
#endif
        [[unroll]] for (int r = 0; r < kRowBlocks; ++r) {
            const FloatMatrix products = FloatMatrix(multiplied(r, copy, column + c * kN));
            [[unroll]] for (int i = 0; i < products.length(); ++i) {
                Unit w;
                w.scale = scales[i];
                vec2 x = vec2(xScales[r][i], 0.0);
#if defined(HAS_LEAST)
                w.least = leasts[i];
                x.y = xSums[r][i];
#endif
                sums[r * kColBlocks + c][i] =
                    withUnit(sums[r * kColBlocks + c][i], products[i], w, x);
            }
        }
    }
}

void main()
{
    const int firstOut = p.firstOut + int(gl_WorkGroupID.x) * kTileCols;
    const int firstRow = int(gl_WorkGroupID.y) * kTileRows;
    const int row = subgroup() / kSubgroupCols * kRowBlocks * kM; // of the tile
    const int column = subgroup() % kSubgroupCols * kColBlocks * kN;
    if (firstOut >= p.lastOut)
        return;

    FloatMatrix totals[kRowBlocks * kColBlocks];
    int copy = 0;
    const int parts = min(kParts, p.units);
    for (int part = 0; part < parts; ++part) {
        [[unroll]] for (int i = 0; i < kRowBlocks * kColBlocks; ++i)
            sums[i] = FloatMatrix(0.0);
        for (int u = part; u < p.units; u += kParts) {
            shareX(copy, u, firstRow);
            shareW(copy, u, firstOut);
            meet();
            addUnit(copy, row, column);
            copy = 1 - copy;
        }
        [[unroll]] for (int i = 0; i < kRowBlocks * kColBlocks; ++i)
            if (part == 0)
                totals[i] = sums[i];
            else
                totals[i] = totals[i] + sums[i];
    }

    [[unroll]] for (int i = 0; i < kRowBlocks * kColBlocks; ++i) {
        subgroupBarrier();
        coopMatStore(totals[i], results, subgroup() * kM * kN, kN, kByRow);
        subgroupBarrier();
        for (int e = lane(); e < kM * kN; e += kLanes)
            writeOutput(firstRow + row + i / kColBlocks * kM + e / kN,
                        firstOut + column + i % kColBlocks * kN + e % kN,
                        results[subgroup() * kM * kN + e], 0);
    }
}
