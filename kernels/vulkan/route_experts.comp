#version 460
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

// One subgroup per row. In each round the lanes look for the greatest logit behind the last pick: greater
// keys come first, of equal ones the lower expert, so nobody remembers what was picked. A key is a number's
// bits, turned so that they have its order; what is no number has a place in it too.

layout(buffer_reference, std430, buffer_reference_align = 4) writeonly buffer Ids { int v[]; };

layout(push_constant) uniform Push {
    Ids ids;
    Floats weights;
    Floats logits;
    int experts;
    int picks;
    int idStride;
    int weightStride;
    int logitStride;
}
p;

uint keyOf(float logit)
{
    const uint bits = floatBitsToUint(logit == 0.0 ? 0.0 : logit);
    return bits >> 31 != 0u ? ~bits : bits | 0x80000000u;
}

/// Whether pick a comes before pick b; a pick is a key and an expert.
bool before(uvec2 a, uvec2 b) { return a.x > b.x || (a.x == b.x && a.y < b.y); }

void main()
{
    const int r = int(gl_WorkGroupID.x);
    const int logits = r * p.logitStride;
    const uvec2 none = uvec2(0u, 0xffffffffu); // behind all
    uvec2 last = none;
    float top = 0.0;
    precise float sum = 0.0;
    for (int j = 0; j < p.picks; ++j) {
        uvec2 best = none;
        for (int e = lane(); e < p.experts; e += kLanes) {
            const uvec2 pick = uvec2(keyOf(p.logits.v[logits + e]), uint(e));
            if ((j == 0 || before(last, pick)) && before(pick, best))
                best = pick;
        }
        for (int distance = kLanes / 2; distance > 0; distance /= 2) {
            const uvec2 other = uvec2(subgroupShuffleXor(best.x, uint(distance)),
                                      subgroupShuffleXor(best.y, uint(distance)));
            if (before(other, best))
                best = other;
        }
        last = best;
        const float logit = p.logits.v[logits + int(best.y)];
        top = j == 0 ? logit : top;
        const float power = exponential(logit - top);
        sum = sum + power;
        if (lane() == 0) {
            p.ids.v[r * p.idStride + j] = int(best.y);
            p.weights.v[r * p.weightStride + j] = power;
        }
    }
    if (lane() == 0)
        for (int j = 0; j < p.picks; ++j)
            p.weights.v[r * p.weightStride + j] /= sum;
}
