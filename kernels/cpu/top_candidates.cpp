// Slices of rows, one a task. The greatest logits of each class in all slices of a row tell a bound
// that the candidates reach; then every slice lists what reaches it, not many more than there are
// candidates. A crowd makes the list long, but no row is given up.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

namespace inglenook {

using namespace cpu;

/// A number for a token of the slice: the likelier, the greater.
uint64_t CandidateSlice::rankOf(int place) const
{
    const float logit = logits[place];
    const auto bits = std::bit_cast<uint32_t>(logit == 0.f ? 0.f : logit);
    const uint32_t ordered = bits >> 31 != 0 ? ~bits : bits | 0x80000000U;
    return uint64_t{ordered} << 32 | ~static_cast<uint32_t>(firstToken + place);
}

namespace {

constexpr int kSliceLogits = 16 * 1024;
static_assert(kLogitClasses == kCandidateClasses);
static_assert(kSliceLogits % kLogitClasses == 0); // a class is one in every slice

int tokenOf(uint64_t rank)
{
    return static_cast<int>(~static_cast<uint32_t>(rank));
}

/// A number that all candidates reach. Changes the first slice's greatest logits.
float boundOf(std::span<CandidateSlice> slices)
{
    std::array<float, kCandidateClasses>& all = slices.front().greatest;
    for (const CandidateSlice& slice : slices.subspan(1))
        for (size_t c = 0; c < all.size(); ++c)
            all[c] = std::max(all[c], slice.greatest[c]);
    std::nth_element(all.begin(), all.begin() + kCandidates - 1, all.end(), std::greater());
    return all[kCandidates - 1];
}

/// Sorts what the slices list and writes the likeliest. They are gathered in the first one.
void writeCandidates(int32_t* found, std::span<CandidateSlice> slices, const float* logits)
{
    std::vector<uint64_t>& all = slices.front().ranks;
    for (const CandidateSlice& slice : slices.subspan(1))
        all.insert(all.end(), slice.ranks.begin(), slice.ranks.end());
    if (all.size() > kCandidates) {
        std::nth_element(all.begin(), all.begin() + kCandidates, all.end(), std::greater());
        all.resize(kCandidates);
    }
    std::ranges::sort(all, std::greater());
    found[1] = static_cast<int32_t>(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        const int token = tokenOf(all[i]);
        found[kCandidateLogits + i] = std::bit_cast<int32_t>(logits[token]);
        found[kCandidateTokens + i] = token;
    }
}

} // namespace

void CpuBackend::topCandidates(Tensor found, Tensor logits)
{
    checkTopCandidates(found, logits);
    const int perRow = m_pool.threads() == 1 ? 1 : (logits.cols + kSliceLogits - 1) / kSliceLogits;
    const int sliceLogits = perRow == 1 ? logits.cols : kSliceLogits;
    const int slices = logits.rows * perRow;
    const int64_t elements = int64_t{logits.rows} * logits.cols;
    if (m_candidateSlices.size() < static_cast<size_t>(slices))
        m_candidateSlices.resize(static_cast<size_t>(slices));
    const auto slicesOf = [&](int row) {
        return std::span(m_candidateSlices)
            .subspan(static_cast<size_t>(row) * static_cast<size_t>(perRow),
                     static_cast<size_t>(perRow));
    };

    eachRow(slices, elements, [&](int i) {
        CandidateSlice& slice = m_candidateSlices[static_cast<size_t>(i)];
        slice.firstToken = i % perRow * sliceLogits;
        slice.count = std::min(sliceLogits, logits.cols - slice.firstToken);
        slice.logits = floatRow(logits, i / perRow) + slice.firstToken;
        slice.greatest.fill(-std::numeric_limits<float>::infinity());
        slice.finite =
            m_instructions.raiseGreatest(slice.greatest.data(), slice.logits, slice.count);
    });
    m_candidateBounds.resize(static_cast<size_t>(logits.rows));
    eachRow(logits.rows, int64_t{slices} * kCandidateClasses, [&](int row) {
        m_candidateBounds[static_cast<size_t>(row)] = boundOf(slicesOf(row));
        auto* to = reinterpret_cast<int32_t*>(floatRow(found, row));
        std::fill_n(to, kCandidateCols, 0);
        to[0] = std::ranges::all_of(slicesOf(row), &CandidateSlice::finite) ? 1 : 0;
    });
    eachRow(slices, elements, [&](int i) {
        CandidateSlice& slice = m_candidateSlices[static_cast<size_t>(i)];
        const float bound = m_candidateBounds[static_cast<size_t>(i / perRow)];
        const auto next = [&](int from) {
            return m_instructions.nextFrom(bound, slice.logits, from, slice.count);
        };
        slice.ranks.clear();
        for (int place = next(0); slice.finite && place < slice.count; place = next(place + 1))
            slice.ranks.push_back(slice.rankOf(place));
    });
    eachRow(logits.rows, int64_t{slices} * kCandidates, [&](int row) {
        auto* to = reinterpret_cast<int32_t*>(floatRow(found, row));
        if (to[0] != 0)
            writeCandidates(to, slicesOf(row), floatRow(logits, row));
    });
}

} // namespace inglenook
