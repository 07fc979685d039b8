#pragma once

#include "kernels/backend.h"

#include <cuda_fp16.h>

namespace inglenook::cuda {

/// Where a token's keys and values lie: inside a page first the keys, then the values, each as
/// (KV head, token, element).
struct KvPage {
    __half* base;
    int kvHeads;
    int headSize;

    __device__ __half* key(int page, int kvHead, int token) const
    {
        const size_t plane = static_cast<size_t>(kvHeads) * kPageTokens * headSize;
        return base + static_cast<size_t>(page) * 2 * plane +
            (static_cast<size_t>(kvHead) * kPageTokens + token) * headSize;
    }
    __device__ __half* value(int page, int kvHead, int token) const
    {
        return key(page, kvHead, token) + static_cast<size_t>(kvHeads) * kPageTokens * headSize;
    }
};

} // namespace inglenook::cuda
