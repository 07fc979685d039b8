#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// Every invocation adds up runs of 16 bytes at a stride of the whole dispatch. The sum is kept, so that the
// reads are too.

layout(push_constant) uniform Push {
    Quads data;
    Words sums;
    uint count; // of runs
}
p;

void main()
{
    const uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    uvec4 sum = uvec4(0);
    for (uint i = gl_GlobalInvocationID.x; i < p.count; i += step)
        sum += p.data.v[i];
    p.sums.v[gl_GlobalInvocationID.x] = sum.x + sum.y + sum.z + sum.w;
}
