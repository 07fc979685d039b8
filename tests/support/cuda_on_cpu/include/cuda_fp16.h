#pragma once

#include "kernels/quant_formats.h"

#include <cstdint>

namespace inglenook::cuda_on_cpu {

struct __half {
    uint16_t bits;
};

inline __half __ushort_as_half(uint16_t bits)
{
    return {bits};
}
inline uint16_t __half_as_ushort(__half value)
{
    return value.bits;
}
inline float __half2float(__half value)
{
    return halfToFloat(value.bits);
}
inline __half __float2half_rn(float value)
{
    return {floatToHalf(value)};
}

} // namespace inglenook::cuda_on_cpu

using namespace inglenook::cuda_on_cpu;
