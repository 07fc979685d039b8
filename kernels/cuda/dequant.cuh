#pragma once

#include "kernels/quant_formats.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdexcept>

namespace inglenook {

// One struct per weight format: value(row, i) is element i of a row of blocks (quant_formats.h).

__device__ inline float half(const uint16_t& bits)
{
    return __half2float(__ushort_as_half(bits));
}

struct FormatF32 {
    __device__ static float value(const std::byte* row, int i)
    {
        return reinterpret_cast<const float*>(row)[i];
    }
};

struct FormatF16 {
    __device__ static float value(const std::byte* row, int i)
    {
        return half(reinterpret_cast<const uint16_t*>(row)[i]);
    }
};

struct FormatBF16 {
    __device__ static float value(const std::byte* row, int i)
    {
        return __uint_as_float(static_cast<unsigned>(reinterpret_cast<const uint16_t*>(row)[i])
                               << 16);
    }
};

struct FormatQ8_0 {
    __device__ static float value(const std::byte* row, int i)
    {
        const BlockQ8_0& b = reinterpret_cast<const BlockQ8_0*>(row)[i / 32];
        return half(b.d) * static_cast<float>(b.q[i % 32]);
    }
};

struct FormatQ4_0 {
    __device__ static float value(const std::byte* row, int i)
    {
        const BlockQ4_0& b = reinterpret_cast<const BlockQ4_0*>(row)[i / 32];
        const int q = i % 32 < 16 ? b.q[i % 32] & 15 : b.q[i % 32 - 16] >> 4;
        return half(b.d) * static_cast<float>(q - 8);
    }
};

__device__ inline ScaleMin deviceScaleMin(const uint8_t* s, int g)
{
    if (g < 4)
        return {static_cast<uint8_t>(s[g] & 63), static_cast<uint8_t>(s[g + 4] & 63)};
    return {static_cast<uint8_t>((s[g + 4] & 15) | ((s[g - 4] >> 6) << 4)),
            static_cast<uint8_t>((s[g + 4] >> 4) | ((s[g] >> 6) << 4))};
}

struct FormatQ4_K {
    __device__ static float value(const std::byte* row, int i)
    {
        const BlockQ4_K& b = reinterpret_cast<const BlockQ4_K*>(row)[i / 256];
        const int g = i % 256 / 32;
        const int byte = b.q[g / 2 * 32 + i % 32];
        const int q = g % 2 == 0 ? byte & 15 : byte >> 4;
        const ScaleMin s = deviceScaleMin(b.scales, g);
        return half(b.d) * static_cast<float>(s.scale * q) -
            half(b.dmin) * static_cast<float>(s.min);
    }
};

struct FormatQ5_K {
    __device__ static float value(const std::byte* row, int i)
    {
        const BlockQ5_K& b = reinterpret_cast<const BlockQ5_K*>(row)[i / 256];
        const int g = i % 256 / 32;
        const int byte = b.low[g / 2 * 32 + i % 32];
        const int q = (g % 2 == 0 ? byte & 15 : byte >> 4) | ((b.high[i % 32] >> g & 1) << 4);
        const ScaleMin s = deviceScaleMin(b.scales, g);
        return half(b.d) * static_cast<float>(s.scale * q) -
            half(b.dmin) * static_cast<float>(s.min);
    }
};

struct FormatQ6_K {
    __device__ static float value(const std::byte* row, int i)
    {
        const BlockQ6_K& b = reinterpret_cast<const BlockQ6_K*>(row)[i / 256];
        const int n = i % 256 / 128; // which half
        const int quarter = i % 128 / 32;
        const int l = i % 32;
        const int byte = b.low[64 * n + 32 * (quarter % 2) + l];
        const int low = quarter < 2 ? byte & 15 : byte >> 4;
        const int high = b.high[32 * n + l] >> (2 * quarter) & 3;
        const int q = (low | high << 4) - 32;
        return half(b.d) * static_cast<float>(b.scales[i % 256 / 16] * q);
    }
};

/// Calls f with the format's struct.
template <class F> void withFormat(DType type, F&& f)
{
    switch (type) {
    case DType::F32:
        return f(FormatF32{});
    case DType::F16:
        return f(FormatF16{});
    case DType::BF16:
        return f(FormatBF16{});
    case DType::Q8_0:
        return f(FormatQ8_0{});
    case DType::Q4_0:
        return f(FormatQ4_0{});
    case DType::Q4_K:
        return f(FormatQ4_K{});
    case DType::Q5_K:
        return f(FormatQ5_K{});
    case DType::Q6_K:
        return f(FormatQ6_K{});
    case DType::I32:
        break;
    }
    throw std::invalid_argument("integers are not a weight format");
}

} // namespace inglenook
