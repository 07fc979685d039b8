#include "kernels/cuda/direct_collective.cuh"

#include "kernels/cuda/check.cuh"

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace inglenook::cuda {
namespace {

constexpr const char* kDoing = "joining devices to a group";
constexpr size_t kAlignment = 256;

constexpr size_t aligned(size_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

constexpr size_t kRoundBytes = aligned(kExchangeBlocks * sizeof(unsigned));

size_t inboxBytes(int ranks)
{
    return aligned(Inbox::flagBytes(ranks)) + Inbox::valueBytes(ranks);
}

Inbox inboxAt(std::byte* memory, int ranks)
{
    return {.values = reinterpret_cast<float*>(memory + aligned(Inbox::flagBytes(ranks))),
            .flags = reinterpret_cast<unsigned*>(memory)};
}

/// Whether every device may read and write the memory of every other one from now on.
bool reachEachOther(const std::vector<DirectCollective::Device>& devices)
{
    for (const auto& from : devices) {
        for (const auto& to : devices) {
            int can = 1;
            if (from.number != to.number)
                check(cudaDeviceCanAccessPeer(&can, from.number, to.number), kDoing);
            if (can == 0)
                return false;
        }
    }
    for (const auto& from : devices) {
        check(cudaSetDevice(from.number), kDoing);
        for (const auto& to : devices) {
            if (from.number == to.number)
                continue;
            const cudaError_t result = cudaDeviceEnablePeerAccess(to.number, 0);
            if (result == cudaErrorPeerAccessAlreadyEnabled)
                cudaGetLastError();
            else if (result != cudaSuccess) { // there are limits to how many peers one has
                cudaGetLastError();
                return false;
            }
        }
    }
    return true;
}

} // namespace

void AbandonedFlag::raise()
{
    std::atomic_ref(*word()).store(1, std::memory_order_release);
}

void AbandonedFlag::throwIfRaised() const
{
    if (std::atomic_ref(*word()).load(std::memory_order_acquire) != 0)
        throw GroupAbandoned();
}

DirectMember::DirectMember(const ExchangePlace& ofPlace, bool ofListener,
                           std::shared_ptr<const AbandonedFlag> flag)
    : place(ofPlace)
    , listens(ofListener)
    , abandoned(std::move(flag))
{
}

void DirectMember::allReduce(std::span<float>)
{
    throw std::logic_error("A group of CUDA devices does not meet in host memory.");
}

DirectCollective::DirectCollective(const std::vector<Device>& devices)
    : m_abandoned(std::make_shared<AbandonedFlag>())
{
    const auto ranks = static_cast<int>(devices.size());
    ExchangePlace all{.abandoned = m_abandoned->word(), .ranks = ranks};
    const bool peers = reachEachOther(devices);
    if (!peers) {
        m_onHost = std::make_unique<PinnedMemory>(inboxBytes(ranks));
        std::memset(m_onHost->data(), 0, inboxBytes(ranks));
    }
    all.targets = peers ? ranks : 1;
    for (int rank = 0; rank < ranks; ++rank) {
        const Device& device = devices[static_cast<size_t>(rank)];
        check(cudaSetDevice(device.number), kDoing);
        const size_t bytes = kRoundBytes + (peers ? inboxBytes(ranks) : 0);
        m_onDevices.push_back(std::make_unique<CudaBuffer>(bytes, device.number));
        std::byte* memory = m_onDevices.back()->data;
        check(cudaMemsetAsync(memory, 0, bytes, device.stream), kDoing);
        check(cudaStreamSynchronize(device.stream), kDoing);
        all.inboxes[rank] = inboxAt(peers ? memory + kRoundBytes : m_onHost->data(), ranks);
    }
    for (int rank = 0; rank < ranks; ++rank) {
        ExchangePlace own = all;
        own.rank = rank;
        own.rounds = reinterpret_cast<unsigned*>(m_onDevices[static_cast<size_t>(rank)]->data);
        m_members.push_back(std::make_unique<DirectMember>(own, false, m_abandoned));
        m_listeners.push_back(std::make_unique<DirectMember>(own, true, m_abandoned));
    }
}

GroupMember& DirectCollective::member(int rank)
{
    return *m_members[static_cast<size_t>(rank)];
}

GroupMember& DirectCollective::listener(int rank)
{
    return *m_listeners[static_cast<size_t>(rank)];
}

void DirectCollective::abandon()
{
    m_abandoned->raise();
}

} // namespace inglenook::cuda
