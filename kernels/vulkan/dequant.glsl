// Weights, from the planes that repack.cpp lays out to numbers. Compiled once per format (FORMAT_Q4_K, ...).
//
// A lane takes units of 32 elements; unit i of row r has the index r * units + i. loadUnit() fetches what
// all of a unit needs, weights8() gives eight of its numbers exactly as the format defines them: products of a scale and a quant are exact in f32.

#extension GL_EXT_control_flow_attributes : require

#include "half.glsl"

struct Planes {
#if defined(FORMAT_F32)
    FloatQuads quants;
#elif defined(FORMAT_Q8_0)
    Pairs quants;
#else
    Quads quants;
#endif
#if defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
    Quads scales;
#else
    Words scales;
#endif
#if defined(FORMAT_Q6_K)
    Pairs high;
#else
    Words high;
#endif
    Words factors;
};

struct Unit {
#if defined(FORMAT_Q8_0)
    int index;
    float scale;
#elif defined(FORMAT_Q4_0)
    uvec4 quants;
    float scale;
#elif defined(FORMAT_Q4_K)
    uvec4 quants;
    float scale;
    float least;
#elif defined(FORMAT_Q5_K)
    uvec4 quants;
    uint high;
    float scale;
    float least;
#elif defined(FORMAT_Q6_K)
    uvec4 quants;
    uvec2 high;
    float scales[2];
#else
    int index;
#endif
};

#if defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
/// Scale and least value of group g. Words: d and dmin; the low 4 bits of 8 scales; of 8 mins; the
/// top 2 bits of 8 scales, then of 8 mins.
vec2 groupScale(uvec4 header, int g)
{
    const uint scale =
        bitfieldExtract(header.y, 4 * g, 4) | (bitfieldExtract(header.w, 2 * g, 2) << 4);
    const uint least =
        bitfieldExtract(header.z, 4 * g, 4) | (bitfieldExtract(header.w, 16 + 2 * g, 2) << 4);
    return unpackHalf2x16(header.x) * vec2(scale, least);
}
#endif

Unit loadUnit(Planes w, int index)
{
    Unit unit;
#if defined(FORMAT_Q8_0)
    unit.index = index;
    unit.scale = halfAt(w.scales.v[index >> 1], index);
#elif defined(FORMAT_Q4_0)
    unit.quants = w.quants.v[index];
    unit.scale = halfAt(w.scales.v[index >> 1], index);
#elif defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
    unit.quants = w.quants.v[index];
    const vec2 s = groupScale(w.scales.v[index >> 3], index & 7);
    unit.scale = s.x;
    unit.least = s.y;
#if defined(FORMAT_Q5_K)
    unit.high = w.high.v[index];
#endif
#elif defined(FORMAT_Q6_K)
    unit.quants = w.quants.v[index];
    unit.high = w.high.v[index];
    const int block = index >> 3;
    const float d = halfAt(w.factors.v[block >> 1], block);
    const int word = int(w.scales.v[index >> 1]); // the 8-bit scales of two units
    unit.scales[0] = d * float(bitfieldExtract(word, 16 * (index & 1), 8));
    unit.scales[1] = d * float(bitfieldExtract(word, 16 * (index & 1) + 8, 8));
#else
    unit.index = index;
#endif
    return unit;
}

/// The elements 8 * eighth .. 8 * eighth + 7 of a unit.
void weights8(Planes w, Unit unit, int eighth, out float numbers[8])
{
#if defined(FORMAT_F32)
    const vec4 a = w.quants.v[8 * unit.index + 2 * eighth];
    const vec4 b = w.quants.v[8 * unit.index + 2 * eighth + 1];
    [[unroll]] for (int i = 0; i < 4; ++i) {
        numbers[i] = a[i];
        numbers[4 + i] = b[i];
    }
#elif defined(FORMAT_F16)
    const uvec4 words = w.quants.v[4 * unit.index + eighth];
    [[unroll]] for (int i = 0; i < 4; ++i) {
        const vec2 both = unpackHalf2x16(words[i]);
        numbers[2 * i] = both.x;
        numbers[2 * i + 1] = both.y;
    }
#elif defined(FORMAT_BF16)
    const uvec4 words = w.quants.v[4 * unit.index + eighth];
    [[unroll]] for (int i = 0; i < 4; ++i) {
        numbers[2 * i] = uintBitsToFloat(words[i] << 16);
        numbers[2 * i + 1] = uintBitsToFloat(words[i] & 0xffff0000u);
    }
#elif defined(FORMAT_Q8_0)
    const uvec2 words = w.quants.v[4 * unit.index + eighth];
    [[unroll]] for (int i = 0; i < 8; ++i) {
        const int word = int(words[i / 4]);
        numbers[i] = unit.scale * float(bitfieldExtract(word, 8 * (i & 3), 8));
    }
#elif defined(FORMAT_Q4_0)
    const uint word = unit.quants[eighth];
    [[unroll]] for (int i = 0; i < 8; ++i)
        numbers[i] = unit.scale * float(int(bitfieldExtract(word, 4 * i, 4)) - 8);
#elif defined(FORMAT_Q4_K)
    const uint word = unit.quants[eighth];
    [[unroll]] for (int i = 0; i < 8; ++i) {
        precise float number = unit.scale * float(bitfieldExtract(word, 4 * i, 4)) - unit.least;
        numbers[i] = number;
    }
#elif defined(FORMAT_Q5_K)
    const uint word = unit.quants[eighth];
    const uint high = unit.high >> (8 * eighth);
    [[unroll]] for (int i = 0; i < 8; ++i) {
        const uint quant = bitfieldExtract(word, 4 * i, 4) | (((high >> i) & 1u) << 4);
        precise float number = unit.scale * float(quant) - unit.least;
        numbers[i] = number;
    }
#elif defined(FORMAT_Q6_K)
    const uint word = unit.quants[eighth];
    const uint high = unit.high[eighth >> 1] >> (16 * (eighth & 1));
    [[unroll]] for (int i = 0; i < 8; ++i) {
        const uint quant = bitfieldExtract(word, 4 * i, 4) | (((high >> (2 * i)) & 3u) << 4);
        numbers[i] = unit.scales[eighth >> 1] * float(int(quant) - 32);
    }
#endif
}
