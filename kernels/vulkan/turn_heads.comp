#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// Heads turned in place as turnHead() of kv_type.h does, in its order. A workgroup owns a head of a row.

layout(constant_id = 3) const int kHeadSize = 64;

layout(push_constant) uniform Push {
    Floats x;
    int stride;
    float factor;
}
p;

const int kTogether = kHeadSize & -kHeadSize;

shared float head[kHeadSize];

void main()
{
    const int start = int(gl_WorkGroupID.y) * p.stride + int(gl_WorkGroupID.x) * kHeadSize;
    const int first = subgroup() * kLanes + lane();
    const int step_ = kLanes * kSubgroups;
    for (int i = first; i < kHeadSize; i += step_)
        head[i] = p.x.v[start + i];
    for (int distance_ = 1; distance_ < kTogether; distance_ *= 2) {
        barrier();
        for (int pair = first; pair < kHeadSize / 2; pair += step_) {
            const int i = pair / distance_ * 2 * distance_ + pair % distance_;
            precise float sum = head[i] + head[i + distance_];
            precise float difference = head[i] - head[i + distance_];
            head[i] = sum;
            head[i + distance_] = difference;
        }
    }
    barrier();
    for (int i = first; i < kHeadSize; i += step_)
        p.x.v[start + i] = head[i] * p.factor;
}
