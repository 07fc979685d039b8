// IEEE binary16 by integers: built-in conversions may truncate, and differ between drivers.

/// Rounds to nearest even.
uint halfBits(float value)
{
    const uint bits = floatBitsToUint(value);
    const uint sign = (bits >> 16) & 0x8000u;
    const uint magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return sign | 0x7e00u;
    if (magnitude >= 0x47800000u)
        return sign | 0x7c00u;
    if (magnitude < 0x38800000u) // subnormal: whole multiples of 2^-24
        return sign | uint(roundEven(uintBitsToFloat(magnitude) * 16777216.0));
    const uint rebiased = magnitude - 0x38000000u;
    return sign | ((rebiased + 0xfffu + ((rebiased >> 13) & 1u)) >> 13);
}

/// The half at index `i` of a run of them.
float halfAt(uint word, int i) { return unpackHalf2x16(word)[i & 1]; }
