#version 460
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

// One invocation per element.

layout(push_constant) uniform Push {
    Floats x;
    int cols;
    int stride;
    float cap;
}
p;

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int i = int(gl_WorkGroupID.y) * p.stride + c;
    if (c < p.cols)
        p.x.v[i] = p.cap * hyperbolicTangent(p.x.v[i] / p.cap);
}
