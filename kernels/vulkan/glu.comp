#version 460
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

// One invocation per element. y may be the gate itself: each element is read and written by one invocation.

layout(constant_id = 3) const bool kGelu = false;

layout(push_constant) uniform Push {
    Floats y;
    Floats gateUp;
    int cols;
    int yStride;
    int stride;
}
p;

float sigmoid(float x) { return 1.0 / (1.0 + exponential(-x)); }

float activated(float x)
{
    if (!kGelu)
        return x * sigmoid(x);
    // 0.5 (1 + tanh u) = sigmoid(2u), which loses no digits where tanh is near -1
    precise float u = 0.797884561 * fma(0.044715 * x * x, x, x);
    return x * sigmoid(2.0 * u);
}

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c >= p.cols)
        return;
    const float up = p.gateUp.v[r * p.stride + p.cols + c];
    p.y.v[r * p.yStride + c] = activated(p.gateUp.v[r * p.stride + c]) * up;
}
