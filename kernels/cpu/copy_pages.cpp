// A head of a page is a task: keys are turned over, values lie as all backends share them.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/kv_page.h"

#include <algorithm>
#include <cstring>

namespace inglenook {

using namespace cpu;

namespace {

constexpr size_t kPiece = 32; // elements: a square of them stays in the first cache

/// to (cols, rows) = from (rows, cols); of f16, at any addresses.
void transpose(std::byte* to, const std::byte* from, size_t rows, size_t cols)
{
    uint16_t square[kPiece][kPiece];
    for (size_t firstRow = 0; firstRow < rows; firstRow += kPiece) {
        const size_t height = std::min(kPiece, rows - firstRow);
        for (size_t firstCol = 0; firstCol < cols; firstCol += kPiece) {
            const size_t width = std::min(kPiece, cols - firstCol);
            for (size_t row = 0; row < height; ++row) {
                uint16_t line[kPiece];
                std::memcpy(line, from + ((firstRow + row) * cols + firstCol) * 2, width * 2);
                for (size_t col = 0; col < width; ++col)
                    square[col][row] = line[col];
            }
            for (size_t col = 0; col < width; ++col)
                std::memcpy(to + ((firstCol + col) * rows + firstRow) * 2, square[col], height * 2);
        }
    }
}

std::byte* asBytes(uint16_t* halves)
{
    return reinterpret_cast<std::byte*>(halves);
}

/// Where the shared layout keeps a head of the i-th of some pages.
struct SharedHead {
    size_t keys; // bytes from the first page
    size_t values;
};

SharedHead sharedHead(const AttentionShape& shape, size_t i, int head)
{
    const size_t page = kvPageBytes(shape.kvHeads, shape.headSize);
    const size_t plane = page / 2 / static_cast<size_t>(shape.kvHeads);
    const size_t keys = i * page + static_cast<size_t>(head) * plane;
    return {.keys = keys, .values = keys + page / 2};
}

} // namespace

void CpuBackend::readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                           const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    const int heads = shape.kvHeads;
    m_pool.run(static_cast<int>(pages.size()) * heads, [&](int index, int) {
        const auto i = static_cast<size_t>(index / heads);
        const KvPage page = kvPage(kv, shape, pages[i]);
        const SharedHead at = sharedHead(shape, i, index % heads);
        const auto size = static_cast<size_t>(shape.headSize);
        transpose(&to[at.keys], asBytes(page.headKeys(index % heads, shape.headSize)), size,
                  kPageTokens);
        std::memcpy(&to[at.values], page.headValues(index % heads, shape.headSize),
                    kPageTokens * size * 2);
    });
}

void CpuBackend::writePages(const KvPages& kv, std::span<const int> pages,
                            const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    const int heads = shape.kvHeads;
    m_pool.run(static_cast<int>(pages.size()) * heads, [&](int index, int) {
        const auto i = static_cast<size_t>(index / heads);
        const KvPage page = kvPage(kv, shape, pages[i]);
        const SharedHead at = sharedHead(shape, i, index % heads);
        const auto size = static_cast<size_t>(shape.headSize);
        transpose(asBytes(page.headKeys(index % heads, shape.headSize)), &from[at.keys],
                  kPageTokens, size);
        std::memcpy(page.headValues(index % heads, shape.headSize), &from[at.values],
                    kPageTokens * size * 2);
    });
}

} // namespace inglenook
