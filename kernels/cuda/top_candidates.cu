// The greatest logit of each class in every slice of a row tells a bound that all candidates reach;
// blocks list what reaches it, not many more than there are candidates; one block per row puts the
// list in order. Logits are compared as whole numbers that have their order. In which order tokens
// are listed is left to chance: no result depends on it.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/workspace.cuh"

#include <algorithm>

namespace inglenook::cuda {
namespace {

constexpr int kThreads = kCandidateClasses; // a class each
constexpr int kMostSlices = 32;
constexpr int kRounds = 4; // of the classes, that a slice has at least
constexpr unsigned kNotFinite = 0xffffffffu; // greater than every logit

struct Listed {
    unsigned key;
    unsigned token;
};

/// What the kernels tell each other about a row.
struct Notes {
    int listed;
    bool finite;
    Listed list[kCandidateCrowd];
    unsigned greatest[kMostSlices][kCandidateClasses]; // keys; 0 where a slice has none
};

static_assert(sizeof(Notes) * kDecodeRows <= kCandidateBytes);

struct CandidateArguments {
    int* found;
    int foundStride;
    const unsigned* logits; // their bits
    int logitStride;
    int cols;
    Notes* notes; // of each row
    int slices;
    int sliceLogits; // whole rounds of the classes
};

/// The number in whose order logits are; of both zeros the same.
__device__ unsigned keyOf(unsigned bits)
{
    if ((bits & 0x7f800000u) == 0x7f800000u)
        return kNotFinite;
    if (bits == 0x80000000u)
        return bits;
    return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}

/// Calls visit(token, key) for the logits of a block's slice that are in its thread's class.
template <class Visit> __device__ void eachOfClass(const CandidateArguments& a, const Visit& visit)
{
    const unsigned* logits = a.logits + static_cast<size_t>(blockIdx.y) * a.logitStride;
    const int first = static_cast<int>(blockIdx.x) * a.sliceLogits;
    const int last = min(first + a.sliceLogits, a.cols);
    for (int i = first + static_cast<int>(threadIdx.x); i < last; i += kThreads)
        visit(i, keyOf(logits[i]));
}

/// Blocks: (slices, rows).
__global__ void greatestKernel(CandidateArguments a)
{
    waitForEarlierKernels();
    Notes& notes = a.notes[blockIdx.y];
    unsigned greatest = 0;
    eachOfClass(a, [&](int, unsigned key) { greatest = max(greatest, key); });
    notes.greatest[blockIdx.x][threadIdx.x] = greatest;
    if (blockIdx.x == 0 && threadIdx.x == 0)
        notes.listed = 0;
}

/// Blocks: (slices, rows). Each finds the bound by itself: the kCandidates-th greatest of the
/// greatest of the classes.
__global__ void listKernel(CandidateArguments a)
{
    waitForEarlierKernels();
    __shared__ unsigned greatest[kCandidateClasses];
    __shared__ unsigned bound;
    Notes& notes = a.notes[blockIdx.y];
    const auto self = static_cast<int>(threadIdx.x);
    unsigned own = 0;
    for (int slice = 0; slice < a.slices; ++slice)
        own = max(own, notes.greatest[slice][self]);
    greatest[self] = own;
    __syncthreads();
    bool finite = true;
    int before = 0;
    for (int other = 0; other < kCandidateClasses; ++other) {
        const unsigned key = greatest[other];
        finite = finite && key != kNotFinite;
        before += key > own || (key == own && other < self) ? 1 : 0;
    }
    if (before == kCandidates - 1)
        bound = own;
    if (blockIdx.x == 0 && self == 0)
        notes.finite = finite;
    __syncthreads();
    if (!finite)
        return;
    eachOfClass(a, [&](int token, unsigned key) {
        if (key < bound)
            return;
        const int place = atomicAdd(&notes.listed, 1);
        if (place < kCandidateCrowd)
            notes.list[place] = {key, static_cast<unsigned>(token)};
    });
}

/// One block per row. A token's place is the number of those before it: the list is short.
__global__ void orderKernel(CandidateArguments a)
{
    waitForEarlierKernels();
    __shared__ Listed list[kCandidateCrowd];
    const Notes& notes = a.notes[blockIdx.x];
    const unsigned* logits = a.logits + static_cast<size_t>(blockIdx.x) * a.logitStride;
    int* found = a.found + static_cast<size_t>(blockIdx.x) * a.foundStride;
    const auto self = static_cast<int>(threadIdx.x);
    const bool known = notes.finite && notes.listed <= kCandidateCrowd;
    const int count = known ? notes.listed : 0;
    for (int i = self; i < count; i += kThreads)
        list[i] = notes.list[i];
    __syncthreads();
    for (int i = self; i < count; i += kThreads) {
        const Listed own = list[i];
        int before = 0;
        for (int j = 0; j < count; ++j)
            before += list[j].key > own.key || (list[j].key == own.key && list[j].token < own.token)
                ? 1
                : 0;
        if (before >= kCandidates)
            continue;
        found[kCandidateLogits + before] = static_cast<int>(logits[own.token]);
        found[kCandidateTokens + before] = static_cast<int>(own.token);
    }
    for (int i = count + self; i < kCandidates; i += kThreads) {
        found[kCandidateLogits + i] = 0;
        found[kCandidateTokens + i] = 0;
    }
    if (self == 0) {
        found[0] = notes.finite ? 1 : 0;
        found[1] = min(count, kCandidates);
    }
}

} // namespace

void CudaBackend::topCandidates(Tensor found, Tensor logits)
{
    checkTopCandidates(found, logits);
    begin(found);
    const int rounds = (logits.cols + kCandidateClasses - 1) / kCandidateClasses;
    const int sliceRounds = std::max(kRounds, (rounds + kMostSlices - 1) / kMostSlices);
    const auto rows = static_cast<unsigned>(logits.rows);
    const CandidateArguments arguments{
        .found = pointer<int>(found),
        .foundStride = found.stride,
        .logits = pointer<unsigned>(logits),
        .logitStride = logits.stride,
        .cols = logits.cols,
        .notes = reinterpret_cast<Notes*>(m_candidates.atLeast(std::max(rows, 1u) * sizeof(Notes))),
        .slices = (rounds + sliceRounds - 1) / sliceRounds,
        .sliceLogits = sliceRounds * kCandidateClasses};
    const dim3 blocks(static_cast<unsigned>(arguments.slices), rows);
    launch(greatestKernel, {blocks, kThreads}, m_stream, arguments);
    launch(listKernel, {blocks, kThreads}, m_stream, arguments);
    launch(orderKernel, {rows, kThreads}, m_stream, arguments);
    checkLaunch("topCandidates");
}

} // namespace inglenook::cuda
