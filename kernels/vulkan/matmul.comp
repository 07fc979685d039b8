#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "dequant.glsl"
#include "reduce.glsl"

// A subgroup owns kRows x kCols outputs and its lanes share out the sum: lane l takes the units l, l + kLanes, ...
// of 32 elements in order, then the lanes' sums are added in a fixed tree. Weights are decoded once per
// kRows rows, in registers. The order of an output's sum depends on the device's subgroup size alone,
// never on kRows or kCols: one row or a thousand give the same bits.

layout(constant_id = 3) const int kRows = 1;
layout(constant_id = 4) const int kCols = 4;
layout(constant_id = 5) const bool kAligned = false; // rows of x are whole units of aligned vec4s
layout(constant_id = 6) const bool kBias = false;

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
}
p;

void load8(int r, int k, out float x[8])
{
    const int at = r * p.xStride + k;
    if (kAligned) {
        FloatQuads quads = FloatQuads(p.x);
        const vec4 a = quads.v[at / 4];
        const vec4 b = quads.v[at / 4 + 1];
        for (int i = 0; i < 4; ++i) {
            x[i] = a[i];
            x[4 + i] = b[i];
        }
    } else {
        for (int i = 0; i < 8; ++i)
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

    precise float sums[kRows * kCols];
    for (int i = 0; i < kRows * kCols; ++i)
        sums[i] = 0.0;

    for (int u = lane(); u < p.units; u += kLanes) {
        Unit units[kCols];
        for (int c = 0; c < kCols; ++c)
            units[c] = loadUnit(p.w, min(firstOut + c, p.lastOut - 1) * p.units + u);
        for (int eighth = 0; eighth < 4; ++eighth) {
            float x[kRows][8];
            for (int r = 0; r < kRows; ++r)
                load8(min(firstRow + r, p.rows - 1), 32 * u + 8 * eighth, x[r]);
            for (int c = 0; c < kCols; ++c) {
                float w[8];
                weights8(p.w, units[c], eighth, w);
                for (int r = 0; r < kRows; ++r)
                    for (int i = 0; i < 8; ++i)
                        sums[r * kCols + c] = fma(w[i], x[r][i], sums[r * kCols + c]);
            }
        }
    }

    for (int r = 0; r < kRows; ++r)
        for (int c = 0; c < kCols; ++c) {
            precise float sum = subgroupTotal(sums[r * kCols + c]);
            const int column = firstOut + c;
            const int row = firstRow + r;
            if (lane() != 0 || column >= p.lastOut || row >= p.rows)
                continue;
            if (kBias)
                sum = sum + p.bias.v[column];
            p.y.v[row * p.yStride + column] = sum;
        }
}
