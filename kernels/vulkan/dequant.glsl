// Weights, from the planes that repack.cpp lays out to numbers. Compiled once per format (FORMAT_Q4_K, ...).
//
// Weights come in units of 32 elements; unit i of row r has the index r * units + i. loadUnit() fetches what
// all of a unit needs. Of a quantised format packed8() gives eight quants as signed bytes of two words; a
// number is scale * quant - least, where some formats have further scales, or leasts, for each half of a unit.
// Products of a scale and a quant are exact in f32.

#extension GL_EXT_control_flow_attributes : require

#include "half.glsl"

#if !defined(FORMAT_F32) && !defined(FORMAT_F16) && !defined(FORMAT_BF16)
#define QUANTISED
#endif
#if defined(FORMAT_Q4_K) || defined(FORMAT_Q5_K)
#define HAS_HEADER // of each block of eight units
#endif
#if defined(HAS_HEADER) || defined(FORMAT_Q5_1)
#define HAS_LEAST
#endif
#if defined(FORMAT_Q2_K)
#define HAS_HALF_LEASTS
#endif
#if defined(FORMAT_Q2_K) || defined(FORMAT_Q3_K) || defined(FORMAT_Q6_K)
#define HAS_HALF_SCALES // whole numbers, by which quants are to be multiplied
#endif
#if defined(FORMAT_Q2_K) || defined(FORMAT_Q3_K)
#define HAS_PAIRS // of bits, where the others have nibbles
#endif
#if defined(FORMAT_Q3_K) || defined(FORMAT_Q5_K) || defined(FORMAT_Q5_1)
#define HAS_HIGH_BIT
#endif

struct Planes {
#if defined(FORMAT_F32)
    FloatQuads quants;
#elif defined(FORMAT_Q8_0) || defined(HAS_PAIRS)
    Pairs quants;
#else
    Quads quants;
#endif
#if defined(HAS_HEADER)
    Quads scales;
#elif defined(FORMAT_IQ4_XS)
    Pairs scales;
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
#if defined(QUANTISED)
    float scale;
#endif
#if defined(HAS_LEAST)
    float least;
#endif
#if defined(HAS_HALF_SCALES)
    ivec2 scales;
#endif
#if defined(HAS_HALF_LEASTS)
    vec2 leasts;
#endif
#if defined(FORMAT_Q8_0) || !defined(QUANTISED)
    int index;
#elif defined(HAS_PAIRS)
    uvec2 pairs;
#else
    uvec4 nibbles;
#endif
#if defined(FORMAT_Q6_K)
    uvec2 high;
#elif defined(HAS_HIGH_BIT)
    uint high;
#endif
};

#if defined(HAS_HEADER)
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
#elif defined(FORMAT_IQ4_XS)
/// The scale of group g. Words: d and the top 2 bits of 8 scales; their low 4 bits.
float groupScale(uvec2 header, int g)
{
    const uint scale =
        bitfieldExtract(header.y, 4 * g, 4) | (bitfieldExtract(header.x, 16 + 2 * g, 2) << 4);
    return unpackHalf2x16(header.x).x * float(int(scale) - 32);
}
#elif defined(FORMAT_MXFP4)
/// 2^(exponent - 128): quants are twice what the format says. A device may take the two lowest, which are not
/// normal numbers, for zero.
float powerOfTwo(uint exponent)
{
    return uintBitsToFloat(exponent < 2u ? 0x00200000u << exponent : (exponent - 1u) << 23);
}
#endif

Unit loadUnit(Planes w, int index)
{
    Unit unit;
#if defined(FORMAT_Q8_0) || !defined(QUANTISED)
    unit.index = index;
#elif defined(HAS_PAIRS)
    unit.pairs = w.quants.v[index];
#else
    unit.nibbles = w.quants.v[index];
#endif
#if defined(FORMAT_Q6_K) || defined(HAS_HIGH_BIT)
    unit.high = w.high.v[index];
#endif

#if defined(FORMAT_Q8_0) || defined(FORMAT_Q4_0)
    unit.scale = halfAt(w.scales.v[index >> 1], index);
#elif defined(FORMAT_MXFP4)
    unit.scale = powerOfTwo(bitfieldExtract(w.scales.v[index >> 2], 8 * (index & 3), 8));
#elif defined(FORMAT_IQ4_XS)
    unit.scale = groupScale(w.scales.v[index >> 3], index & 7);
#elif defined(HAS_HEADER)
    const vec2 s = groupScale(w.scales.v[index >> 3], index & 7);
    unit.scale = s.x;
    unit.least = s.y;
#elif defined(FORMAT_Q5_1)
    const vec2 s = unpackHalf2x16(w.scales.v[index]);
    unit.scale = s.x;
    unit.least = -s.y;
#elif defined(HAS_HALF_SCALES)
    const int block = index >> 3;
    const int word = int(w.scales.v[index >> 1]); // the bytes of two units
    const int first = 16 * (index & 1);
#if defined(FORMAT_Q2_K)
    const vec2 s = unpackHalf2x16(w.factors.v[block]);
    unit.scale = s.x;
    const uvec2 bytes = uvec2(bitfieldExtract(word, first, 8), bitfieldExtract(word, first + 8, 8));
    unit.scales = ivec2(bytes & 15u);
    unit.leasts = s.y * vec2((bytes >> 4) & 15u);
#else
    unit.scale = halfAt(w.factors.v[block >> 1], block);
    unit.scales = ivec2(bitfieldExtract(word, first, 8), bitfieldExtract(word, first + 8, 8));
#endif
#endif
    return unit;
}

#if defined(QUANTISED)

/// Bytes of at most 127, each less that of `offsets`, without borrows from byte to byte.
uvec2 lessEach(uvec2 bytes, uvec2 offsets)
{
    return ((bytes | 0x80808080u) - offsets) ^ 0x80808080u;
}

/// 255 in each byte that has bit `bit`, 0 in the others.
uvec2 haveBit(uvec2 bytes, int bit)
{
    return ((bytes >> bit) & 0x01010101u) * 255u;
}

#if defined(FORMAT_IQ4_XS)
/// Where the mask has bits, `set`, elsewhere `unset`; of each byte.
uvec2 either(uvec2 mask, uvec2 unset, uvec2 set)
{
    return unset ^ (mask & (unset ^ set));
}
uvec2 eitherOf(uvec2 mask, uint unset, uint set)
{
    return either(mask, uvec2(unset * 0x01010101u), uvec2(set * 0x01010101u));
}

/// The format's 16 values, as signed bytes, by bytes of 0 .. 15: a tree of choices by bit, since an array that is
/// indexed by what is known when running lies in memory on most devices.
uvec2 valuesOf(uvec2 indices)
{
    const uvec2 one = haveBit(indices, 0);
    const uvec2 two = haveBit(indices, 1);
    const uvec2 four = haveBit(indices, 2);
    // -127, -104, -83, -65; -49, -35, -22, -10
    const uvec2 a = either(two, eitherOf(one, 0x81u, 0x98u), eitherOf(one, 0xadu, 0xbfu));
    const uvec2 b = either(two, eitherOf(one, 0xcfu, 0xddu), eitherOf(one, 0xeau, 0xf6u));
    const uvec2 c = either(two, eitherOf(one, 1u, 13u), eitherOf(one, 25u, 38u));
    const uvec2 d = either(two, eitherOf(one, 53u, 69u), eitherOf(one, 89u, 113u));
    return either(haveBit(indices, 3), either(four, a, b), either(four, c, d));
}
#elif defined(FORMAT_MXFP4)
/// Twice the values of E2M1, as signed bytes, by bytes of 0 .. 15. Magnitudes 4 .. 7 stand for 4, 6, 8 and 12.
uvec2 valuesOf(uvec2 indices)
{
    const uvec2 rest = indices & 0x03030303u;
    const uvec2 more = rest + ((rest & (rest >> 1) & 0x01010101u) << 1);
    const uvec2 magnitude = (indices & 0x07070707u) + (more & haveBit(indices, 2));
    return lessEach(magnitude, (magnitude << 1) & haveBit(indices, 3));
}
#endif

/// The quants of elements 8 * eighth .. 8 * eighth + 7, signed bytes.
ivec2 packed8(Planes w, Unit unit, int eighth)
{
#if defined(FORMAT_Q8_0)
    return ivec2(w.quants.v[4 * unit.index + eighth]);
#else
#if defined(HAS_PAIRS)
    const uint pairs = unit.pairs[eighth >> 1] >> (4 * (eighth & 1));
    const uvec2 low = uvec2(pairs, pairs >> 2) & 0x03030303u;
#else
    const uvec2 low = uvec2(unit.nibbles[eighth], unit.nibbles[eighth] >> 4) & 0x0f0f0f0fu;
#endif
#if defined(HAS_HIGH_BIT)
    const uint high = unit.high >> (2 * eighth);
    const uvec2 highBits = uvec2(high, high >> 1) & 0x01010101u;
#endif
#if defined(FORMAT_Q4_0)
    return ivec2(lessEach(low, uvec2(0x08080808u)));
#elif defined(FORMAT_Q4_K) || defined(FORMAT_Q2_K)
    return ivec2(low);
#elif defined(FORMAT_Q5_K) || defined(FORMAT_Q5_1)
    return ivec2(low | (highBits << 4));
#elif defined(FORMAT_Q3_K)
    return ivec2(lessEach(low | (highBits << 2), uvec2(0x04040404u)));
#elif defined(FORMAT_Q6_K)
    const uint high = unit.high[eighth >> 1] >> (4 * (eighth & 1));
    const uvec2 both = low | ((uvec2(high, high >> 2) & 0x03030303u) << 4);
    return ivec2(lessEach(both, uvec2(0x20202020u)));
#else
    return ivec2(valuesOf(low));
#endif
#endif
}

vec4 unpacked(int bytes)
{
    return vec4(bitfieldExtract(bytes, 0, 8), bitfieldExtract(bytes, 8, 8),
                bitfieldExtract(bytes, 16, 8), bytes >> 24);
}

/// Eight quants, with the scale of their half.
vec4[2] quants8(Planes w, Unit unit, int eighth)
{
    const ivec2 bytes = packed8(w, unit, eighth);
    vec4 quants[2];
    [[unroll]] for (int i = 0; i < 2; ++i) {
        quants[i] = unpacked(bytes[i]);
#if defined(HAS_HALF_SCALES)
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
#elif defined(HAS_HALF_LEASTS)
        exact = exact - unit.leasts[eighth >> 1];
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
