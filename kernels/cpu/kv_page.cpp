#include "kernels/cpu/kv_page.h"

#include "kernels/cpu/cpu_backend.h"

#include <algorithm>
#include <cstring>

namespace inglenook::cpu {

KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int slot, int index)
{
    const auto* table = reinterpret_cast<const int32_t*>(floatRow(kv.pageTable, slot));
    return kvPage(kv, shape, table[index]);
}

KvPage kvPage(const KvPages& kv, const AttentionShape& shape, int page)
{
    auto& buffer = dynamic_cast<HostBuffer&>(*kv.buffer);
    const size_t bytes = kv.pageBytes(shape);
    auto* start = reinterpret_cast<uint8_t*>(buffer.data()) + static_cast<size_t>(page) * bytes;
    return {.keys = start,
            .values = start + bytes / 2,
            .planeBytes = kvPlaneBytes(shape.headSize, kv.type)};
}

int QuantisedPlane::blockBytes(int block) const
{
    const int elements = std::min(kKvBlock, headSize - block * kKvBlock);
    return static_cast<int>(kvQuantBytes(type, elements));
}

uint16_t& QuantisedPlane::scaleAt(int token, int block) const
{
    const size_t quants = kPageTokens * kvQuantBytes(type, headSize);
    return reinterpret_cast<uint16_t*>(data + quants)[block * kPageTokens + token];
}

/// Calls move(byte of the plane, element 4 g + j of the block) for what lies at byte j of group g;
/// of Q4 for each group of the low nibbles.
template <class Move> void QuantisedPlane::eachKeyByte(int token, int block, Move move) const
{
    const int groups = blockBytes(block) / 4;
    const size_t first = static_cast<size_t>(block) * kvQuantBytes(type, kKvBlock) * kPageTokens;
    for (int g = 0; g < groups; ++g)
        for (int j = 0; j < 4; ++j)
            move(data[first + static_cast<size_t>((g * kPageTokens + token) * 4 + j)], 4 * g + j);
}

void QuantisedPlane::put(int token, int block, const uint8_t* quants, uint16_t scale) const
{
    scaleAt(token, block) = scale;
    const int bytes = blockBytes(block);
    const auto nibble = [&](int i) { return quants[i / 2] >> (i % 2 * 4) & 15; };
    if (!keys)
        std::memcpy(data + static_cast<size_t>(token) * kvQuantBytes(type, headSize) +
                        static_cast<size_t>(block) * kvQuantBytes(type, kKvBlock),
                    quants, static_cast<size_t>(bytes));
    else if (type == KvType::Q8_0)
        eachKeyByte(token, block,
                    [&](uint8_t& to, int i) { to = static_cast<uint8_t>(quants[i] + 128); });
    else // a block has as many elements in the low nibbles as it has bytes
        eachKeyByte(token, block, [&](uint8_t& to, int i) {
            to = static_cast<uint8_t>(nibble(i) | nibble(i + bytes) << 4);
        });
}

void QuantisedPlane::get(int token, int block, uint8_t* quants, uint16_t& scale) const
{
    scale = scaleAt(token, block);
    const int bytes = blockBytes(block);
    if (!keys) {
        std::memcpy(quants,
                    data + static_cast<size_t>(token) * kvQuantBytes(type, headSize) +
                        static_cast<size_t>(block) * kvQuantBytes(type, kKvBlock),
                    static_cast<size_t>(bytes));
        return;
    }
    if (type == KvType::Q8_0) {
        eachKeyByte(token, block, [&](const uint8_t& from, int i) {
            quants[i] = static_cast<uint8_t>(from - 128);
        });
        return;
    }
    std::memset(quants, 0, static_cast<size_t>(bytes));
    eachKeyByte(token, block, [&](const uint8_t& from, int i) {
        quants[i / 2] |= static_cast<uint8_t>((from & 15) << (i % 2 * 4));
        quants[(i + bytes) / 2] |= static_cast<uint8_t>((from >> 4) << (i % 2 * 4));
    });
}

} // namespace inglenook::cpu
