#pragma once

#include "kernels/backend.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace inglenook::cuda {

/// Where a token's keys and values lie. Inside a page come first the keys as (KV head, token,
/// element), then the values as (KV head, element, token): so both are multiplied along their rows.
struct KvPage {
    __half* base;
    int kvHeads;
    int headSize;

    __device__ __half* keys(int page, int kvHead) const
    {
        const size_t plane = static_cast<size_t>(kvHeads) * kPageTokens * headSize;
        return base + static_cast<size_t>(page) * 2 * plane +
            static_cast<size_t>(kvHead) * kPageTokens * headSize;
    }
    __device__ __half* values(int page, int kvHead) const
    {
        return keys(page, kvHead) + static_cast<size_t>(kvHeads) * kPageTokens * headSize;
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

} // namespace inglenook::cuda
