#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// One invocation per element.

layout(push_constant) uniform Push {
    Floats x;
    Floats y;
    int cols;
    int xStride;
    int yStride;
}
p;

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c < p.cols)
        p.x.v[r * p.xStride + c] += p.y.v[r * p.yStride + c];
}
