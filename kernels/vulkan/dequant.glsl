// Weights, from the planes that repack.cpp lays out to numbers. Compiled once per format (FORMAT_Q4_K, ...).
//
// Weights come in units of 32 elements; unit i of row r has the index r * units + i. loadUnit() fetches what
// all of a unit needs. Of a quantised format packed8() gives eight quants as signed bytes of two words; each
// half of the unit is scale * quant - least. Products of a scale and a quant are exact in f32.

#extension GL_EXT_control_flow_attributes : require

#include "half.glsl"

#if !defined(FORMAT_F32) && !defined(FORMAT_F16) && !defined(FORMAT_BF16)
#define QUANTISED
#endif
#if defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
#define HAS_LEAST
#endif

struct Planes {
#if defined(FORMAT_F32)
    FloatQuads quants;
#elif defined(FORMAT_Q8_0)
    Pairs quants;
#else
    Quads quants;
#endif
#if defined(HAS_LEAST)
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
    uvec4 nibbles;
    float scale;
#elif defined(FORMAT_Q4_K)
    uvec4 nibbles;
    float scale;
    float least;
#elif defined(FORMAT_Q5_K)
    uvec4 nibbles;
    uint high;
    float scale;
    float least;
#elif defined(FORMAT_Q6_K)
    uvec4 nibbles;
    uvec2 high;
    ivec2 scales; // of each half
    float scale; // of both
#else
    int index;
#endif
};

#if defined(HAS_LEAST)
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
    unit.nibbles = w.quants.v[index];
    unit.scale = halfAt(w.scales.v[index >> 1], index);
#elif defined(HAS_LEAST)
    unit.nibbles = w.quants.v[index];
    const vec2 s = groupScale(w.scales.v[index >> 3], index & 7);
    unit.scale = s.x;
    unit.least = s.y;
#if defined(FORMAT_Q5_K)
    unit.high = w.high.v[index];
#endif
#elif defined(FORMAT_Q6_K)
    unit.nibbles = w.quants.v[index];
    unit.high = w.high.v[index];
    const int block = index >> 3;
    unit.scale = halfAt(w.factors.v[block >> 1], block);
    const int word = int(w.scales.v[index >> 1]); // the 8-bit scales of two units
    unit.scales = ivec2(bitfieldExtract(word, 16 * (index & 1), 8),
                        bitfieldExtract(word, 16 * (index & 1) + 8, 8));
#else
    unit.index = index;
#endif
    return unit;
}

#if defined(QUANTISED)

/// Bytes of at most 127, each less that of `offsets`, without borrows from byte to byte.
uvec2 lessEach(uvec2 bytes, uint offsets)
{
    return ((bytes | 0x80808080u) - offsets) ^ 0x80808080u;
}

/// The quants of elements 8 * eighth .. 8 * eighth + 7, signed bytes.
ivec2 packed8(Planes w, Unit unit, int eighth)
{
#if defined(FORMAT_Q8_0)
    return ivec2(w.quants.v[4 * unit.index + eighth]);
#else
    const uvec2 low = uvec2(unit.nibbles[eighth], unit.nibbles[eighth] >> 4) & 0x0f0f0f0fu;
#if defined(FORMAT_Q4_0)
    return ivec2(lessEach(low, 0x08080808u));
#elif defined(FORMAT_Q4_K)
    return ivec2(low);
#elif defined(FORMAT_Q5_K)
    const uint high = unit.high >> (2 * eighth);
    return ivec2(low | ((uvec2(high, high >> 1) & 0x01010101u) << 4));
#elif defined(FORMAT_Q6_K)
    const uint high = unit.high[eighth >> 1] >> (4 * (eighth & 1));
    return ivec2(lessEach(low | ((uvec2(high, high >> 2) & 0x03030303u) << 4), 0x20202020u));
#endif
#endif
}

vec4 unpacked(int bytes)
{
    return vec4(bitfieldExtract(bytes, 0, 8), bitfieldExtract(bytes, 8, 8),
                bitfieldExtract(bytes, 16, 8), bytes >> 24);
}

/// Eight quants; those of Q6_K with the scale of their half.
vec4[2] quants8(Planes w, Unit unit, int eighth)
{
    const ivec2 bytes = packed8(w, unit, eighth);
    vec4 quants[2];
    [[unroll]] for (int i = 0; i < 2; ++i) {
        quants[i] = unpacked(bytes[i]);
#if defined(FORMAT_Q6_K)
        quants[i] *= float(unit.scales[eighth >> 1]);
#endif
    }
    return quants;
}

#endif

/// The elements 8 * eighth .. 8 * eighth + 7 of a unit, exactly as the format defines them.
vec4[2] numbers8(Planes w, Unit unit, int eighth)
{
    vec4 numbers[2];
#if defined(QUANTISED)
    numbers = quants8(w, unit, eighth);
    [[unroll]] for (int i = 0; i < 2; ++i) {
        precise vec4 exact = unit.scale * numbers[i];
#if defined(HAS_LEAST)
        exact = exact - unit.least;
#endif
        numbers[i] = exact;
    }
#elif defined(FORMAT_F32)
    numbers[0] = w.quants.v[8 * unit.index + 2 * eighth];
    numbers[1] = w.quants.v[8 * unit.index + 2 * eighth + 1];
#else
    const uvec4 words = w.quants.v[4 * unit.index + eighth];
#if defined(FORMAT_F16)
    numbers[0] = vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y));
    numbers[1] = vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w));
#else
    numbers[0] = uintBitsToFloat(uvec4(words.x << 16, words.x & 0xffff0000u, words.y << 16,
                                       words.y & 0xffff0000u));
    numbers[1] = uintBitsToFloat(uvec4(words.z << 16, words.z & 0xffff0000u, words.w << 16,
                                       words.w & 0xffff0000u));
#endif
#endif
    return numbers;
}
