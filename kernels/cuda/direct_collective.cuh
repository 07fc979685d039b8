#pragma once

#include "kernels/collective.h"
#include "kernels/cuda/cuda_buffer.cuh"
#include "kernels/cuda/exchange.cuh"
#include "kernels/cuda/pinned_memory.cuh"

#include <memory>
#include <vector>

namespace inglenook::cuda {

/// Says to those who wait on a device that nobody will come: a word in pinned memory.
class AbandonedFlag {
public:
    AbandonedFlag() { *word() = 0; }

    void raise();
    void throwIfRaised() const; // GroupAbandoned
    [[nodiscard]] unsigned* word() const { return reinterpret_cast<unsigned*>(m_memory.data()); }

private:
    PinnedMemory m_memory{sizeof(unsigned)};
};

/// A CUDA device's place in a DirectCollective, which CudaBackend::allReduce() knows.
class DirectMember final : public GroupMember {
public:
    DirectMember(const ExchangePlace& place, bool listens,
                 std::shared_ptr<const AbandonedFlag> abandoned);

    const ExchangePlace place;
    const bool listens;
    const std::shared_ptr<const AbandonedFlag> abandoned;

private:
    void allReduce(std::span<float> values) override; // never: the values lie on the device
};

/// CUDA devices of this program that add up by exchange.cuh: through each other's memory where all
/// reach it (peer access), else through pinned host memory. Not NCCL: its sums have no fixed order,
/// and what a step exchanges is far below the size from which it is faster.
class DirectCollective final : public Collective {
public:
    struct Device {
        int number;
        cudaStream_t stream;
    };

    /// Throws std::runtime_error with a sentence where memory is missing.
    explicit DirectCollective(const std::vector<Device>& devices);
    [[nodiscard]] GroupMember& member(int rank) override;
    [[nodiscard]] GroupMember& listener(int rank) override;
    void abandon() override;

private:
    std::unique_ptr<PinnedMemory> m_onHost; // the inbox of all, where devices do not reach peers
    // Rounds and inboxes; freed before what is on the host, and waiting for who writes there
    std::vector<std::unique_ptr<CudaBuffer>> m_onDevices;
    std::shared_ptr<AbandonedFlag> m_abandoned;
    std::vector<std::unique_ptr<DirectMember>> m_members;
    std::vector<std::unique_ptr<DirectMember>> m_listeners;
};

} // namespace inglenook::cuda
