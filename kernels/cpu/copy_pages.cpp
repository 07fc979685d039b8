// The keys or the values of a head in a page are a task, if there is enough to share.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/kv_page.h"

#include <algorithm>
#include <cstring>

namespace inglenook {

using namespace cpu;

namespace {

constexpr size_t kSquare = 4; // f16 in a word of 64 bits

/// Exchanges the upper `bits` of each pair of `bits` in `a` with the lower ones in `b`.
template <int bits> void exchange(uint64_t& a, uint64_t& b)
{
    constexpr uint64_t kLower = bits == 16 ? 0x0000ffff0000ffff : 0x00000000ffffffff;
    const uint64_t change = ((a >> bits) ^ b) & kLower;
    a ^= change << bits;
    b ^= change;
}

/// Four rows of four become four columns.
void transposeSquare(std::byte* to, size_t toStride, const std::byte* from, size_t fromStride)
{
    uint64_t lines[kSquare];
    for (size_t i = 0; i < kSquare; ++i)
        std::memcpy(&lines[i], from + i * fromStride, sizeof *lines);
    exchange<16>(lines[0], lines[1]);
    exchange<16>(lines[2], lines[3]);
    exchange<32>(lines[0], lines[2]);
    exchange<32>(lines[1], lines[3]);
    for (size_t i = 0; i < kSquare; ++i)
        std::memcpy(to + i * toStride, &lines[i], sizeof *lines);
}

/// to (cols, rows) = from (rows, cols); of f16, at any addresses.
void transpose(std::byte* to, const std::byte* from, size_t rows, size_t cols)
{
    constexpr size_t kSize = sizeof(uint16_t);
    const size_t wholeRows = rows / kSquare * kSquare;
    const size_t wholeCols = cols / kSquare * kSquare;
    for (size_t row = 0; row < wholeRows; row += kSquare)
        for (size_t col = 0; col < wholeCols; col += kSquare)
            transposeSquare(to + (col * rows + row) * kSize, rows * kSize,
                            from + (row * cols + col) * kSize, cols * kSize);
    for (size_t row = 0; row < rows; ++row)
        for (size_t col = row < wholeRows ? wholeCols : 0; col < cols; ++col)
            std::memcpy(to + (col * rows + row) * kSize, from + (row * cols + col) * kSize, kSize);
}

/// Less is copied by the calling thread alone: the others, once awake, would keep the cores from
/// those who read from the disk.
constexpr size_t kWorthSharing = size_t{1} << 20;

/// Calls move(plane, bytes, keys) for every head's keys and values of some pages: where this
/// backend has them and where they lie among the shared bytes.
template <class Byte, class Move>
void eachPlane(ThreadPool& pool, const KvPages& kv, std::span<const int> pages,
               const AttentionShape& shape, std::span<Byte> bytes, const Move& move)
{
    const size_t plane = kvPlaneBytes(shape.headSize, kv.type);
    const int planes = 2 * shape.kvHeads; // of a page
    const int count = static_cast<int>(pages.size()) * planes;
    const auto task = [&](int index, int) {
        const KvPage page = kvPage(kv, shape, pages[static_cast<size_t>(index / planes)]);
        uint8_t* here = page.keys + static_cast<size_t>(index % planes) * plane;
        move(here, bytes.subspan(static_cast<size_t>(index) * plane, plane).data(),
             index % planes < shape.kvHeads);
    };
    if (bytes.size() >= kWorthSharing)
        return pool.run(count, task);
    for (int index = 0; index < count; ++index)
        task(index, 0);
}

/// Calls move(plane, token, block, place of the quants, place of the scale) for each block.
template <class Move>
void eachBlock(uint8_t* here, KvType type, int headSize, bool keys, const Move& move)
{
    const QuantisedPlane plane{here, type, headSize, keys};
    const size_t quants = kvQuantBytes(type, headSize);
    const auto blocks = static_cast<size_t>(plane.blocks());
    for (size_t token = 0; token < kPageTokens; ++token)
        for (size_t block = 0; block < blocks; ++block)
            move(plane, static_cast<int>(token), static_cast<int>(block),
                 token * quants + block * kvQuantBytes(type, kKvBlock),
                 kPageTokens * quants + (token * blocks + block) * sizeof(uint16_t));
}

} // namespace

void CpuBackend::readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                           const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    const auto size = static_cast<size_t>(shape.headSize);
    eachPlane(m_pool, kv, pages, shape, to, [&](uint8_t* here, std::byte* shared, bool keys) {
        if (kv.type == KvType::F16 && keys)
            transpose(shared, reinterpret_cast<std::byte*>(here), size, kPageTokens);
        else if (kv.type == KvType::F16)
            std::memcpy(shared, here, kPageTokens * size * sizeof(uint16_t));
        else
            eachBlock(
                here, kv.type, shape.headSize, keys,
                [&](const QuantisedPlane& plane, int token, int block, size_t at, size_t scaleAt) {
                    uint16_t scale;
                    plane.get(token, block, reinterpret_cast<uint8_t*>(shared + at), scale);
                    std::memcpy(shared + scaleAt, &scale, sizeof scale);
                });
    });
}

void CpuBackend::writePages(const KvPages& kv, std::span<const int> pages,
                            const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    const auto size = static_cast<size_t>(shape.headSize);
    eachPlane(m_pool, kv, pages, shape, from,
              [&](uint8_t* here, const std::byte* shared, bool keys) {
                  if (kv.type == KvType::F16 && keys)
                      transpose(reinterpret_cast<std::byte*>(here), shared, kPageTokens, size);
                  else if (kv.type == KvType::F16)
                      std::memcpy(here, shared, kPageTokens * size * sizeof(uint16_t));
                  else
                      eachBlock(here, kv.type, shape.headSize, keys,
                                [&](const QuantisedPlane& plane, int token, int block, size_t at,
                                    size_t scaleAt) {
                                    uint16_t scale;
                                    std::memcpy(&scale, shared + scaleAt, sizeof scale);
                                    plane.put(token, block,
                                              reinterpret_cast<const uint8_t*>(shared + at), scale);
                                });
              });
}

} // namespace inglenook
