#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// Prepares x for matmul: each unit of 32 numbers becomes signed bytes with a scale and the sums of what they
// stand for, of all and of each half, or is merely copied, padded with zeros. One invocation per unit.

layout(constant_id = 3) const bool kRound = true;
const int kUnitElements = 32;

layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer Scales { vec4 v[]; };

layout(push_constant) uniform Push {
    Words to;
    Scales scales;
    Floats x;
    int cols;
    int units; // per row
    int stride;
}
p;

void main()
{
    const int u = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (u >= p.units)
        return;
    const int from = r * p.stride + u * kUnitElements;
    const int unit = r * p.units + u;
    if (!kRound) {
        for (int i = 0; i < kUnitElements; ++i)
            p.to.v[unit * kUnitElements + i] =
                u * kUnitElements + i < p.cols ? floatBitsToUint(p.x.v[from + i]) : 0u;
        return;
    }

    // As bits, magnitudes have the order of numbers, with infinity and NaN on top: a scale that is
    // neither lets both reach the output.
    float numbers[kUnitElements];
    uint greatest = 0u;
    [[unroll]] for (int i = 0; i < kUnitElements; ++i) {
        numbers[i] = p.x.v[from + i];
        greatest = max(greatest, floatBitsToUint(numbers[i]) & 0x7fffffffu);
    }
    const float most = uintBitsToFloat(greatest);
    const float inverse = most > 1e-30 && greatest < 0x7f800000u ? 127.0 / most : 0.0;
    ivec2 sums = ivec2(0); // of each half
    [[unroll]] for (int j = 0; j < kUnitElements / 4; ++j) {
        uint word = 0u;
        [[unroll]] for (int i = 0; i < 4; ++i) {
            const int quant = int(roundEven(numbers[4 * j + i] * inverse));
            sums[j / (kUnitElements / 8)] += quant;
            word |= (uint(quant) & 255u) << (8 * i);
        }
        p.to.v[unit * (kUnitElements / 4) + j] = word;
    }
    precise float scale = most / 127.0;
    p.scales.v[unit] = vec4(scale, scale * vec3(sums.x + sums.y, sums));
}
