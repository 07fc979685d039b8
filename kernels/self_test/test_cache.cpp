#include "kernels/self_test/test_cache.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <stdexcept>

namespace inglenook::self_test {

namespace {

constexpr int kSparePages = 2;
constexpr auto kOldContent = std::bit_cast<float>(0x7bff7bffu); // two halves of 65504

int pagesFor(int tokens)
{
    return (tokens + kPageTokens - 1) / kPageTokens;
}

} // namespace

TestCache::TestCache(Workspace& on, const AttentionShape& shape, const std::vector<int>& lengths,
                     KvType type)
    : m_on(on)
    , m_pageBytes(kvPageBytes(shape.kvHeads, shape.headSize, type))
    , m_contextBound(*std::ranges::max_element(lengths))
{
    const int slots = static_cast<int>(lengths.size());
    const int width = pagesFor(m_contextBound);
    int pages = kSparePages;
    for (const int length : lengths)
        pages += pagesFor(length);
    std::vector<int> shuffled = consecutive(0, pages);
    std::ranges::shuffle(shuffled, std::minstd_rand(5));

    std::vector<int32_t> table(static_cast<size_t>(slots * width), -1);
    m_pagesOf.resize(lengths.size());
    for (int slot = 0; slot < slots; ++slot) {
        for (int i = 0; i < pagesFor(lengths[static_cast<size_t>(slot)]); ++i) {
            table[static_cast<size_t>(slot * width + i)] = shuffled.back();
            m_pagesOf[static_cast<size_t>(slot)].push_back(shuffled.back());
            shuffled.pop_back();
        }
    }
    m_spare = shuffled;

    m_pages.pageCount = pages;
    m_pages.type = type;
    m_pages.buffer = on.backend().allocate(static_cast<size_t>(pages) * m_pageBytes);
    m_pages.pageTable = on.input(table, slots, width);
    Matrix old(pages, static_cast<int>(m_pageBytes / 4));
    std::ranges::fill(old.values, kOldContent);
    on.rewrite(wholeTensor(*m_pages.buffer, old.rows, old.cols), old);
}

StepInputs TestCache::inputs(std::span<const Place> rows)
{
    std::vector<int32_t> positions;
    std::vector<int32_t> slots;
    for (const Place& row : rows) {
        positions.push_back(row.position);
        slots.push_back(row.slot);
    }
    StepInputs in;
    in.positions = m_on.input(positions, static_cast<int>(rows.size()));
    in.slots = m_on.input(slots, static_cast<int>(rows.size()));
    in.contextBound = m_contextBound;
    return in;
}

Matrix TestCache::content()
{
    const int words = static_cast<int>(m_pageBytes / 4);
    return m_on.read(wholeTensor(*m_pages.buffer, m_pages.pageCount, words));
}

void TestCache::checkSparePages()
{
    const Matrix now = content();
    for (const int page : m_spare)
        for (const float v : now.row(page))
            if (v != kOldContent)
                throw std::runtime_error("A page of the cache was written that belongs to nobody");
}

std::vector<Place> allPlaces(const std::vector<int>& lengths)
{
    std::vector<Place> places;
    for (int position = 0; position < *std::ranges::max_element(lengths); ++position)
        for (size_t slot = 0; slot < lengths.size(); ++slot)
            if (position < lengths[slot])
                places.push_back({.slot = static_cast<int>(slot), .position = position});
    return places;
}

Matrix rotations(std::span<const Place> rows, int dims)
{
    Matrix result(static_cast<int>(rows.size()), dims);
    for (int r = 0; r < result.rows; ++r) {
        for (int i = 0; i < dims / 2; ++i) {
            const int position = rows[static_cast<size_t>(r)].position;
            const double angle = position * std::pow(10000., -2. * i / dims);
            result.row(r)[static_cast<size_t>(2 * i)] = static_cast<float>(std::cos(angle));
            result.row(r)[static_cast<size_t>(2 * i + 1)] = static_cast<float>(std::sin(angle));
        }
    }
    return result;
}

} // namespace inglenook::self_test
