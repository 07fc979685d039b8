#pragma once

#include "kernels/cuda/kv_page.cuh"

namespace inglenook::cuda {

// Heads of the quantised cache: how they are made, by a block of threads, and eight numbers of them
// as a run of f16. Bit for bit what kv_type.h says.

/// turnHead() of a head in shared memory.
__device__ inline void turnHeadShared(float* head, int size)
{
    const int piece = size & -size;
    for (int distance = 1; distance < piece; distance *= 2) {
        for (int pair = static_cast<int>(threadIdx.x); pair < size / 2;
             pair += static_cast<int>(blockDim.x)) {
            const int i = pair / distance * 2 * distance + pair % distance;
            const float a = head[i];
            const float b = head[i + distance];
            head[i] = a + b;
            head[i + distance] = a - b;
        }
        __syncthreads();
    }
    const float factor = 1.f / sqrtf(static_cast<float>(piece));
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x))
        head[i] *= factor;
    __syncthreads();
}

/// The integer nearest to x / d, half upwards, d > 0. The remainder is exact, so that the quotient
/// need not be.
__device__ inline int nearest(float x, float d)
{
    const float q = rintf(fminf(fmaxf(x * (1.f / d), -128.f), 127.f));
    const float remainder = __fmaf_rn(-q, d, x);
    return static_cast<int>(q) + (remainder >= d / 2 ? 1 : 0) - (remainder < -d / 2 ? 1 : 0);
}

/// The scale of a block of `count` elements.
__device__ inline __half blockScale(KvType type, const float* block, int count)
{
    float least = block[0];
    float most = block[0];
    for (int i = 1; i < count; ++i) {
        least = fminf(least, block[i]);
        most = fmaxf(most, block[i]);
    }
    if (type == KvType::Q8_0)
        return __float2half_rn(fmaxf(-least, most) * (1.f / 127));
    return __float2half_rn((-least >= most ? least : most) * -0.125f);
}

__device__ inline int quantOf(KvType type, float x, float scale)
{
    const int q = scale == 0.f ? 0 : nearest(scale < 0.f ? -x : x, fabsf(scale));
    return type == KvType::Q8_0 ? min(max(q, -127), 127) : min(max(q, -8), 7) + 8;
}

/// Rounds a head in shared memory and puts it into its plane.
__device__ inline void storeQuants(const KvPage& pages, unsigned char* plane, bool keys, int token,
                                   const float* head)
{
    const int size = pages.headSize;
    const int scaleCount = pages.scaleCount();
    __half* scales = pages.scales(plane);
    const auto scaleAt = [&](int block) -> __half& {
        return scales[keys ? token * scaleCount + block : block * kPageTokens + token];
    };
    for (int block = static_cast<int>(threadIdx.x); block < scaleCount;
         block += static_cast<int>(blockDim.x))
        scaleAt(block) =
            blockScale(pages.type, head + block * kKvBlock, min(kKvBlock, size - block * kKvBlock));
    __syncthreads();
    const int bytes = pages.quantBytes();
    for (int i = static_cast<int>(threadIdx.x); i < bytes; i += static_cast<int>(blockDim.x)) {
        const int element = pages.type == KvType::Q8_0 ? i : 2 * i;
        const float scale = __half2float(scaleAt(element / kKvBlock));
        int byte = quantOf(pages.type, head[element], scale);
        if (pages.type == KvType::Q4)
            byte |= quantOf(pages.type, head[element + 1], scale) << 4;
        plane[keys ? token * bytes + i : i * kPageTokens + token] =
            static_cast<unsigned char>(byte);
    }
}

__device__ inline unsigned twoHalves(float low, float high)
{
    return __half_as_ushort(__float2half_rn(low)) |
        static_cast<unsigned>(__half_as_ushort(__float2half_rn(high))) << 16;
}

/// Elements `first` .. `first` + 7 of a token's key without their scale; zero beyond the head.
__device__ inline uint4 keyQuants(const KvPage& pages, const unsigned char* plane, int token,
                                  int first)
{
    if (first >= pages.headSize)
        return {0, 0, 0, 0};
    const unsigned char* row = plane + token * pages.quantBytes();
    unsigned words[4];
    if (pages.type == KvType::Q8_0) {
        const uint2 eight = *reinterpret_cast<const uint2*>(row + first);
        for (int i = 0; i < 4; ++i) {
            const unsigned two = (i < 2 ? eight.x : eight.y) >> i % 2 * 16;
            words[i] = twoHalves(static_cast<signed char>(two & 255),
                                 static_cast<signed char>(two >> 8 & 255));
        }
    } else {
        const unsigned eight = *reinterpret_cast<const unsigned*>(row + first / 2);
        for (int i = 0; i < 4; ++i)
            words[i] =
                twoHalves(static_cast<float>(static_cast<int>(eight >> 8 * i & 15) - 8),
                          static_cast<float>(static_cast<int>(eight >> (8 * i + 4) & 15) - 8));
    }
    return {words[0], words[1], words[2], words[3]};
}

/// An element of the values of tokens `first` .. `first` + 7. What no token has left there may be
/// anything, and is multiplied by zero: it must be finite.
__device__ inline uint4 valueRun(const KvPage& pages, unsigned char* plane, int element, int first)
{
    constexpr float kGreatest = 65504.f;
    const bool eightBits = pages.type == KvType::Q8_0;
    const unsigned char* row = plane + (eightBits ? element : element / 2) * kPageTokens + first;
    const uint2 bytes = *reinterpret_cast<const uint2*>(row);
    const __half* scales = pages.scales(plane) + element / kKvBlock * kPageTokens + first;
    float values[8];
    for (int i = 0; i < 8; ++i) {
        const unsigned byte = (i < 4 ? bytes.x : bytes.y) >> i % 4 * 8 & 255;
        const int q = eightBits ? static_cast<signed char>(byte)
                                : static_cast<int>(byte >> element % 2 * 4 & 15) - 8;
        values[i] =
            fminf(fmaxf(static_cast<float>(q) * __half2float(scales[i]), -kGreatest), kGreatest);
    }
    return {twoHalves(values[0], values[1]), twoHalves(values[2], values[3]),
            twoHalves(values[4], values[5]), twoHalves(values[6], values[7])};
}

} // namespace inglenook::cuda
