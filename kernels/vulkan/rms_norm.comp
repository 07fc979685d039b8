#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"
#include "reduce.glsl"

// One workgroup per row. Each invocation sums every kGroup-th square and later scales the same elements,
// so y may be x.

layout(constant_id = 3) const bool kAdd = false; // first x += addend

layout(push_constant) uniform Push {
    Floats y;
    Floats x;
    Floats addend;
    Floats weight;
    int cols;
    int yStride;
    int xStride;
    int addendStride;
    float eps;
}
p;

void main()
{
    const int r = int(gl_WorkGroupID.x);
    const int x = r * p.xStride;
    const int group = kLanes * kSubgroups;
    const int first = subgroup() * kLanes + lane();

    precise float squares = 0.0;
    for (int c = first; c < p.cols; c += group) {
        float value = p.x.v[x + c];
        if (kAdd) {
            value += p.addend.v[r * p.addendStride + c];
            p.x.v[x + c] = value;
        }
        squares = fma(value, value, squares);
    }
    const float factor = 1.0 / sqrt(workgroupTotal(squares) / float(p.cols) + p.eps);
    for (int c = first; c < p.cols; c += group)
        p.y.v[r * p.yStride + c] = p.x.v[x + c] * factor * p.weight.v[c];
}
