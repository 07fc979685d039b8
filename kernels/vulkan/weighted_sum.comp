#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// One invocation per element of y.

layout(push_constant) uniform Push {
    Floats y;
    Floats x;
    Floats weights;
    int cols;
    int picks;
    int yStride;
    int xStride;
    int weightStride;
}
p;

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c >= p.cols)
        return;
    precise float sum = 0.0;
    for (int j = 0; j < p.picks; ++j)
        sum = fma(p.weights.v[r * p.weightStride + j], p.x.v[(r * p.picks + j) * p.xStride + c], sum);
    p.y.v[r * p.yStride + c] = sum;
}
