#pragma once

#include "kernels/backend.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace inglenook::cuda {

/// Where a token's keys and values lie: a plane per KV head for the keys, then one for the values.
///   f16        keys (token, element); values (element, token)
///   quantised  keys as all backends share them (kv_type.h); values as (byte of a token, token),
///   and
///              their scales as (block, token)
/// So both are multiplied along their rows.
struct KvPage {
    unsigned char* base;
    int kvHeads;
    int headSize;
    KvType type;

    __device__ int quantBytes() const
    {
        return type == KvType::F16 ? 2 * headSize : type == KvType::Q8_0 ? headSize : headSize / 2;
    }
    __device__ int scaleCount() const
    {
        return type == KvType::F16 ? 0 : (headSize + kKvBlock - 1) / kKvBlock;
    }
    /// The keys of a head, or (kvHeads further) its values.
    __device__ unsigned char* plane(int page, int index) const
    {
        const size_t bytes = static_cast<size_t>(kPageTokens) * (quantBytes() + 2 * scaleCount());
        return base + (static_cast<size_t>(page) * 2 * kvHeads + index) * bytes;
    }
    /// The scales of a plane.
    __device__ __half* scales(unsigned char* plane) const
    {
        return reinterpret_cast<__half*>(plane + static_cast<size_t>(kPageTokens) * quantBytes());
    }

    // Of f16

    __device__ __half* keys(int page, int kvHead) const
    {
        return reinterpret_cast<__half*>(plane(page, kvHead));
    }
    __device__ __half* values(int page, int kvHead) const
    {
        return reinterpret_cast<__half*>(plane(page, kvHeads + kvHead));
    }
    __device__ __half& key(int page, int kvHead, int token, int i) const
    {
        return keys(page, kvHead)[static_cast<size_t>(token) * headSize + i];
    }
    __device__ __half& value(int page, int kvHead, int token, int i) const
    {
        return values(page, kvHead)[static_cast<size_t>(i) * kPageTokens + token];
    }
};

/// The pages of a cache with heads of this shape.
inline KvPage kvPage(const KvPages& kv, const AttentionShape& shape, unsigned char* data)
{
    return {data, shape.kvHeads, shape.headSize, kv.type};
}

} // namespace inglenook::cuda
