#pragma once

#include "kernels/backend.h"

namespace inglenook::cpu {

/// A page keeps head after head its keys, transposed: (headSize, 64) f16, so that tokens are lanes
/// when a query meets them; behind all keys, head after head, its values: (64, headSize).
struct KvPage {
    uint16_t* keys = nullptr;
    uint16_t* values = nullptr;

    [[nodiscard]] uint16_t* headKeys(int head, int headSize) const
    {
        return keys + static_cast<size_t>(head) * kPageTokens * static_cast<size_t>(headSize);
    }
    [[nodiscard]] uint16_t* headValues(int head, int headSize) const
    {
        return values + static_cast<size_t>(head) * kPageTokens * static_cast<size_t>(headSize);
    }
};

/// Page number `page` of the cache.
[[nodiscard]] KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int page);

/// The page that holds tokens [64 index, 64 index + 64) of the sequence in `slot`.
[[nodiscard]] KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int slot, int index);

} // namespace inglenook::cpu
