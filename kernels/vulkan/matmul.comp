#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "dequant.glsl"

// A subgroup owns kRows x kCols outputs and its lanes share out the sum: lane l takes the units l, l + kLanes, ...
// of 32 elements in order, then the lanes' sums are added in a fixed tree. Weights are decoded once per
// kRows rows, in registers. The order of an output's sum depends on the device's subgroup size alone,
// never on kRows or kCols: one row or a thousand give the same bits.

layout(constant_id = 3) const int kRows = 1;
layout(constant_id = 4) const int kCols = 4;
layout(constant_id = 5) const bool kAligned = false; // rows of x are whole units of aligned vec4s
const int kOutputs = kRows * kCols; // of a subgroup, a power of two
const int kMaxLevels = 7; // of the tree, for 128 lanes

layout(push_constant) uniform Push {
    Floats y;
    Floats x;
    Floats bias;
    Planes w;
    int rows;
    int in_;
    int units; // of 32 elements, per row of w
    int firstOut; // of the outputs this dispatch computes, of lastOut - firstOut
    int lastOut;
    int xStride;
    int yStride;
    int biased;
}
p;

void load8(int r, int k, out float x[8])
{
    const int at = r * p.xStride + k;
    if (kAligned) {
        FloatQuads quads = FloatQuads(p.x);
        const vec4 a = quads.v[at / 4];
        const vec4 b = quads.v[at / 4 + 1];
        [[unroll]] for (int i = 0; i < 4; ++i) {
            x[i] = a[i];
            x[4 + i] = b[i];
        }
    } else {
        [[unroll]] for (int i = 0; i < 8; ++i)
            x[i] = k + i < p.in_ ? p.x.v[at + i] : 0.0;
    }
}

void main()
{
    const int tile = int(gl_WorkGroupID.x) * kSubgroups + subgroup();
    const int firstOut = p.firstOut + tile * kCols;
    const int firstRow = int(gl_WorkGroupID.y) * kRows;
    if (firstOut >= p.lastOut)
        return;

    precise float sums[kOutputs];
    [[unroll]] for (int i = 0; i < kOutputs; ++i)
        sums[i] = 0.0;

    for (int u = lane(); u < p.units; u += kLanes) {
        Unit units[kCols];
        [[unroll]] for (int c = 0; c < kCols; ++c)
            units[c] = loadUnit(p.w, min(firstOut + c, p.lastOut - 1) * p.units + u);
        // Unrolled, it takes drivers that compile for a CPU four times as long, and runs slower there.
        [[dont_unroll]] for (int eighth = 0; eighth < 4; ++eighth) {
            float x[kRows][8];
            [[unroll]] for (int r = 0; r < kRows; ++r)
                load8(min(firstRow + r, p.rows - 1), 32 * u + 8 * eighth, x[r]);
            [[unroll]] for (int c = 0; c < kCols; ++c) {
                float w[8];
                weights8(p.w, units[c], eighth, w);
                [[unroll]] for (int r = 0; r < kRows; ++r)
                    [[unroll]] for (int i = 0; i < 8; ++i)
                        sums[r * kCols + c] = fma(w[i], x[r][i], sums[r * kCols + c]);
            }
        }
    }

    // The tree of reduce.glsl for all sums at once: at each level a lane keeps one half of them and hands
    // over the other, so that in the end the lanes hold different outputs.
    int first = 0;
    [[unroll]] for (int level = 1; level <= kMaxLevels; ++level) {
        const int distance = kLanes >> level;
        const int count = kOutputs >> level;
        if (distance > 0 && count == 0)
            sums[0] = sums[0] + subgroupShuffleXor(sums[0], uint(distance));
        if (distance == 0 || count == 0)
            continue;
        const bool upper = (lane() & distance) != 0;
        first += upper ? count : 0;
        [[unroll]] for (int i = 0; i < count; ++i) {
            const float given = upper ? sums[i] : sums[i + count];
            const float kept = upper ? sums[i + count] : sums[i];
            sums[i] = kept + subgroupShuffleXor(given, uint(distance));
        }
    }
    if (lane() % max(1, kLanes / kOutputs) != 0)
        return;
    [[unroll]] for (int i = 0; i < max(1, kOutputs / kLanes); ++i) {
        const int row = firstRow + (first + i) / kCols;
        const int column = firstOut + (first + i) % kCols;
        if (column >= p.lastOut || row >= p.rows)
            continue;
        precise float sum = sums[i];
        if (p.biased != 0)
            sum = sum + p.bias.v[column];
        p.y.v[row * p.yStride + column] = sum;
    }
}
