#pragma once

#include "kernels/cuda/launch.cuh"

#include <cstddef>

namespace inglenook::cuda {

// How devices add up without the host, in one kernel (one-shot all-reduce; the same idea in vLLM's
// custom all-reduce and in NCCL's LL protocol). Each block of a device writes its slice of the
// values into the inboxes of the others, raises a flag there, waits until theirs are raised in its
// own, and adds up in the order of ranks. No block waits for another block of its device, so all
// that is needed is that the blocks of one kernel are on their device at the same time.

inline constexpr int kMostRanks = 8;
/// Of every round, however few its values: so every slice has met as often as the others.
inline constexpr unsigned kExchangeBlocks = 16;
inline constexpr unsigned kExchangeThreads = 256;
/// Values of one round; more take several.
inline constexpr size_t kExchangeValues = size_t{128} << 10;

/// Where a rank finds what the others tell it. Two sets used in turn: who is a round ahead does not
/// overwrite what another reads, and two rounds ahead nobody can be.
struct Inbox {
    float* values = nullptr; // (set, rank, kExchangeValues)
    unsigned* flags = nullptr; // (set, rank, block), a line of 32 bytes each

    static constexpr size_t kFlagWords = 8;
    __device__ float* valuesOf(unsigned set, int ranks, int rank) const
    {
        return values + placeOf(set, ranks, rank) * kExchangeValues;
    }
    __device__ unsigned* flagOf(unsigned set, int ranks, int rank, unsigned block) const
    {
        return flags + (placeOf(set, ranks, rank) * kExchangeBlocks + block) * kFlagWords;
    }
    __device__ static size_t placeOf(unsigned set, int ranks, int rank)
    {
        return static_cast<size_t>(set) * ranks + rank;
    }
    static constexpr size_t valueBytes(int ranks)
    {
        return 2 * static_cast<size_t>(ranks) * kExchangeValues * sizeof(float);
    }
    static constexpr size_t flagBytes(int ranks)
    {
        return 2 * static_cast<size_t>(ranks) * kExchangeBlocks * kFlagWords * sizeof(unsigned);
    }
};

/// One rank's side of the group.
struct ExchangePlace {
    Inbox inboxes[kMostRanks]; // of each rank; in host memory one for all
    unsigned* rounds = nullptr; // of each block, so far; the device's own
    const unsigned* abandoned = nullptr; // in host memory: not 0 where nobody may wait any more
    int ranks = 0;
    int rank = 0;
    int targets = 0; // inboxes that a rank writes into: one where all share it, else all
};

/// What a block has of `count` values.
struct ExchangeSlice {
    size_t first, last;

    __device__ explicit ExchangeSlice(size_t count)
        : first(count * blockIdx.x / kExchangeBlocks)
        , last(count * (blockIdx.x + 1) / kExchangeBlocks)
    {
    }
};

/// A flag says which round, and in its lowest bit whether the rank has only come to listen.
__device__ inline unsigned flagOfRound(unsigned round, bool listens)
{
    return round << 1 | (listens ? 1u : 0u);
}

/// The first half of a meeting: what this rank has is there for the others.
struct PutValues {
    ExchangePlace place;
    const float* values;
    size_t count;
    bool listens;

    __device__ void operator()() const
    {
        const unsigned round = place.rounds[blockIdx.x] + 1;
        const ExchangeSlice slice(count);
        for (int target = 0; target < place.targets && !listens; ++target) {
            if (place.targets > 1 && target == place.rank)
                continue;
            float* to = place.inboxes[target].valuesOf(round & 1, place.ranks, place.rank);
            for (size_t i = slice.first + threadIdx.x; i < slice.last; i += kExchangeThreads)
                to[i] = values[i];
        }
        __syncthreads();
        if (threadIdx.x >= static_cast<unsigned>(place.targets))
            return;
        __threadfence_system(); // in front of the flags, what other threads of the block have put
        storeRelease(
            place.inboxes[threadIdx.x].flagOf(round & 1, place.ranks, place.rank, blockIdx.x),
            flagOfRound(round, listens));
    }
};

/// The second half: waits for the others, adds up.
struct TakeSums {
    ExchangePlace place;
    float* values;
    size_t count;
    bool listens;

    /// Whether a rank has put down its part of a block in this round.
    __device__ bool hasPut(int rank, unsigned block) const
    {
        const unsigned round = place.rounds[block] + 1;
        const unsigned* flag =
            place.inboxes[place.rank].flagOf(round & 1, place.ranks, rank, block);
        return loadAcquire(flag) >> 1 == (round & 0x7fffffff);
    }

    /// Whether this rank need not wait for a block.
    __device__ bool othersHavePut(unsigned block) const
    {
        for (int rank = 0; rank < place.ranks; ++rank)
            if (rank != place.rank && !hasPut(rank, block))
                return loadAcquire(place.abandoned) != 0;
        return true;
    }

    __device__ void operator()() const
    {
        const unsigned round = place.rounds[blockIdx.x] + 1;
        const Inbox& inbox = place.inboxes[place.rank];
        __shared__ unsigned flags[kMostRanks];
        if (threadIdx.x < static_cast<unsigned>(place.ranks)) {
            constexpr unsigned kPatience = 1024; // the host's memory is far away: asked rarely
            const auto rank = static_cast<int>(threadIdx.x);
            for (unsigned spins = 1; rank != place.rank && !hasPut(rank, blockIdx.x); ++spins)
                if (spins % kPatience == 0 && loadAcquire(place.abandoned) != 0)
                    break;
            flags[rank] = rank == place.rank
                ? flagOfRound(round, listens)
                : loadAcquire(inbox.flagOf(round & 1, place.ranks, rank, blockIdx.x));
        }
        __syncthreads();
        const ExchangeSlice slice(count);
        for (size_t i = slice.first + threadIdx.x; i < slice.last; i += kExchangeThreads) {
            float sum = 0.f;
            bool begun = false;
            for (int rank = 0; rank < place.ranks; ++rank) {
                if (flags[rank] & 1)
                    continue;
                const float more = rank == place.rank
                    ? values[i]
                    : loadUncached(inbox.valuesOf(round & 1, place.ranks, rank) + i);
                sum = begun ? sum + more : more;
                begun = true;
            }
            values[i] = sum;
        }
        __syncthreads();
        if (threadIdx.x == 0)
            place.rounds[blockIdx.x] = round;
    }
};

} // namespace inglenook::cuda
