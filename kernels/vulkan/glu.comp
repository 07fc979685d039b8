#version 460
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

// One invocation per element. y may be the gate itself: each element is read and written by one invocation.

// The members of Activation
const int kSilu = 0;
const int kGeluTanh = 1;
const int kClampedSilu = 2;
layout(constant_id = 3) const int kActivation = kSilu;

layout(push_constant) uniform Push {
    Floats y;
    Floats gateUp;
    int cols;
    int yStride;
    int stride;
}
p;

float sigmoid(float x) { return 1.0 / (1.0 + exponential(-x)); }

float gated(float x, float up)
{
    if (kActivation == kSilu)
        return x * sigmoid(x) * up;
    if (kActivation == kClampedSilu) {
        // not min() and clamp(), which may lose what is no number
        const float gate = x > 7.0 ? 7.0 : x;
        const float limited = up > 7.0 ? 7.0 : up < -7.0 ? -7.0 : up;
        return gate * sigmoid(1.702 * gate) * (limited + 1.0);
    }
    // 0.5 (1 + tanh u) = sigmoid(2u), which loses no digits where tanh is near -1
    precise float u = 0.797884561 * fma(0.044715 * x * x, x, x);
    return x * sigmoid(2.0 * u) * up;
}

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c >= p.cols)
        return;
    const float up = p.gateUp.v[r * p.stride + p.cols + c];
    p.y.v[r * p.yStride + c] = gated(p.gateUp.v[r * p.stride + c], up);
}
