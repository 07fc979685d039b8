// All threads add up one big buffer, each a contiguous part, as matmul walks its weights.

#include "kernels/cpu/cpu_backend.h"

#include <algorithm>
#include <chrono>
#include <immintrin.h>

namespace inglenook {

using namespace cpu;
namespace {

constexpr size_t kBytes = size_t{256} << 20; // beyond the caches of a desktop
constexpr int kPasses = 4;

__attribute__((target("avx2"))) uint64_t sumOf(const std::byte* data, size_t bytes)
{
    __m256i sums[4] = {};
    for (size_t i = 0; i < bytes; i += 128)
        for (size_t part = 0; part < 4; ++part)
            sums[part] = _mm256_add_epi64(
                sums[part],
                _mm256_load_si256(reinterpret_cast<const __m256i*>(data + i + 32 * part)));
    const __m256i sum =
        _mm256_add_epi64(_mm256_add_epi64(sums[0], sums[1]), _mm256_add_epi64(sums[2], sums[3]));
    alignas(32) uint64_t lanes[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}

} // namespace

double CpuBackend::measureReadBandwidth()
{
    const HostMemory memory(kBytes);
    const int threads = m_pool.threads();
    const size_t share = kBytes / static_cast<size_t>(threads) / 128 * 128;
    std::vector<uint64_t> sums(static_cast<size_t>(threads));
    // Written once, so that every page exists
    m_pool.run(threads, [&](int part, int) {
        std::fill_n(memory.data() + static_cast<size_t>(part) * share, share, std::byte{1});
    });
    double best = 0.;
    for (int pass = 0; pass < kPasses; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        m_pool.run(threads, [&](int part, int) {
            sums[static_cast<size_t>(part)] +=
                sumOf(memory.data() + static_cast<size_t>(part) * share, share);
        });
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        best = std::max(best, static_cast<double>(share) * threads / took.count());
    }
    // The sums are used, so that the reads happen
    return std::ranges::count(sums, 0) == 0 ? best : 0.;
}

} // namespace inglenook
