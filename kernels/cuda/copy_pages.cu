// Pages are put into the shared order, or out of it, on the device: a block per page and head. The
// bus then carries many of them at once.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/kv_page.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/workspace.cuh"

#include <algorithm>

namespace inglenook::cuda {
namespace {

constexpr int kThreads = 256;
constexpr size_t kMostPagesAtOnce = 64; // of one layer

struct CopyArguments {
    KvPage pages;
    unsigned char* shared; // the page numbers' pages, one after another
    int page[kMostPagesAtOnce];
};

/// Copies (rows, tokens) into (tokens, rows) where the values are concerned, else in order; or
/// back.
template <bool kOut, class Unit>
__device__ void copyPlane(Unit* here, Unit* shared, int rows, bool values)
{
    for (int i = static_cast<int>(threadIdx.x); i < kPageTokens * rows; i += kThreads) {
        Unit& own = here[values ? i % rows * kPageTokens + i / rows : i];
        if (kOut)
            shared[i] = own;
        else
            own = shared[i];
    }
}

template <bool kOut> __global__ void copyPagesKernel(CopyArguments a)
{
    waitForEarlierKernels();
    const auto index = static_cast<int>(blockIdx.y); // the keys of all heads, then the values
    const bool values = index >= a.pages.kvHeads;
    unsigned char* here = a.pages.plane(a.page[blockIdx.x], index);
    const auto bytes = static_cast<size_t>(a.pages.plane(0, 1) - a.pages.plane(0, 0));
    unsigned char* shared =
        a.shared + (static_cast<size_t>(blockIdx.x) * 2 * a.pages.kvHeads + index) * bytes;
    if (a.pages.type == KvType::F16) {
        copyPlane<kOut>(reinterpret_cast<__half*>(here), reinterpret_cast<__half*>(shared),
                        a.pages.headSize, values);
        return;
    }
    copyPlane<kOut>(here, shared, a.pages.quantBytes(), values);
    copyPlane<kOut>(a.pages.scales(here), a.pages.scales(shared), a.pages.scaleCount(), values);
}

/// How many pages of so many bytes are on their way together.
size_t pagesAtOnce(size_t pageBytes)
{
    return std::clamp<size_t>(kPageCopyBytes / pageBytes, 1, kMostPagesAtOnce);
}

/// Copies the pages between the cache and `shared`.
template <bool kOut>
void copyPages(std::byte* shared, const KvPages& kv, std::span<const int> pages,
               const AttentionShape& shape, const Queue& queue)
{
    auto* cache = reinterpret_cast<unsigned char*>(static_cast<CudaBuffer&>(*kv.buffer).data);
    CopyArguments arguments{.pages = kvPage(kv, shape, cache),
                            .shared = reinterpret_cast<unsigned char*>(shared),
                            .page = {}};
    std::ranges::copy(pages, arguments.page);
    const dim3 grid(static_cast<unsigned>(pages.size()), static_cast<unsigned>(2 * shape.kvHeads));
    launch(copyPagesKernel<kOut>, {grid, kThreads}, queue, arguments);
    checkLaunch("copying pages");
}

} // namespace

void CudaBackend::readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                            const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    activateDevice();
    const size_t page = kv.pageBytes(shape);
    const size_t atOnce = pagesAtOnce(page);
    std::byte* shared = m_pageCopies.atLeast(std::max(kPageCopyBytes, page));
    for (size_t first = 0; first < pages.size(); first += atOnce) {
        const std::span some = pages.subspan(first, std::min(atOnce, pages.size() - first));
        copyPages<true>(shared, kv, some, shape, m_stream);
        check(cudaMemcpyAsync(to.data() + first * page, shared, some.size() * page,
                              cudaMemcpyDeviceToHost, m_stream),
              "reading pages");
    }
    check(cudaStreamSynchronize(m_stream), "reading pages");
    m_meetings->throwFailure();
}

void CudaBackend::writePages(const KvPages& kv, std::span<const int> pages,
                             const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    activateDevice();
    const size_t page = kv.pageBytes(shape);
    const size_t atOnce = pagesAtOnce(page);
    std::byte* shared = m_pageCopies.atLeast(std::max(kPageCopyBytes, page));
    for (size_t first = 0; first < pages.size(); first += atOnce) {
        const std::span some = pages.subspan(first, std::min(atOnce, pages.size() - first));
        check(cudaMemcpyAsync(shared, from.data() + first * page, some.size() * page,
                              cudaMemcpyHostToDevice, m_stream),
              "writing pages");
        copyPages<false>(shared, kv, some, shape, m_stream);
    }
    check(cudaStreamSynchronize(m_stream), "writing pages"); // the caller's bytes may go
}

} // namespace inglenook::cuda
