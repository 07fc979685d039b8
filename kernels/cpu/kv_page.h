#pragma once

#include "kernels/backend.h"

namespace inglenook::cpu {

/// A page keeps the keys of head after head, and behind them their values head after head, each in
/// a plane of kvPlaneBytes().
///   f16        keys transposed: (headSize, 64), so that tokens are lanes when a query meets them;
///              values (64, headSize)
///   quantised  the quants, then the scales as (blocks, 64) f16
///     keys     as panels.h has weights, with tokens for outputs: blocks of 32 elements (the last
///              may have 16) in groups of 4, (group, 64 tokens, 4); of Q8_0 with 128 added, of Q4
///              the first half of a block's groups in the low nibbles, the second in the high ones
///     values   (64, headSize) as all backends share them
struct KvPage {
    uint8_t* keys = nullptr;
    uint8_t* values = nullptr;
    size_t planeBytes = 0;

    [[nodiscard]] uint8_t* headKeys(int head) const
    {
        return keys + static_cast<size_t>(head) * planeBytes;
    }
    [[nodiscard]] uint8_t* headValues(int head) const
    {
        return values + static_cast<size_t>(head) * planeBytes;
    }
};

/// Page number `page` of the cache.
[[nodiscard]] KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int page);

/// The page that holds tokens [64 index, 64 index + 64) of the sequence in `slot`.
[[nodiscard]] KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int slot, int index);

/// A plane of a quantised head.
struct QuantisedPlane {
    uint8_t* data = nullptr;
    KvType type = KvType::Q8_0;
    int headSize = 0;
    bool keys = false; // or values

    /// Puts a block of a token's head, as the shared layout has it, into its place.
    void put(int token, int block, const uint8_t* quants, uint16_t scale) const;
    /// Fetches it.
    void get(int token, int block, uint8_t* quants, uint16_t& scale) const;

    [[nodiscard]] int blocks() const { return kvScales(type, headSize); }
    /// Bytes of the quants of a block.
    [[nodiscard]] int blockBytes(int block) const;

private:
    template <class Move> void eachKeyByte(int token, int block, Move move) const;
    [[nodiscard]] uint16_t& scaleAt(int token, int block) const;
};

} // namespace inglenook::cpu
