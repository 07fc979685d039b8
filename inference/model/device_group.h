#pragma once

#include "inference/memory/page_place.h"
#include "inference/model/decoder.h"
#include "inference/model/device_thread.h"
#include "inference/model/model_slice.h"
#include "inference/model_files/model_file.h"
#include "kernels/collective.h"

#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace inglenook {

/// How a model is split over devices: not at all, by whole layers one device after another, by
/// parts of every layer that all devices compute at once (tensor parallelism), or by kind: experts
/// on a second device, which computes them whenever the first, which has all else, comes to them.
enum class Split { None, Layers, Tensors, Experts };

/// The devices that hold a model, as one decoder: a step goes through all of them. The calling
/// thread drives the first; where they meet within layers, each other device has a thread of its
/// own.
class DeviceGroup {
public:
    struct Device {
        std::shared_ptr<Backend> backend;
        ModelSlice slice;
    };

    /// File and spec outlive the group. No other thread uses the backends from here on.
    /// Throws std::runtime_error with a sentence if an array cannot be used.
    DeviceGroup(const ModelFile& file, const ModelSpec& spec, Split split,
                const std::vector<Device>& devices);
    ~DeviceGroup();
    DeviceGroup(const DeviceGroup&) = delete;
    DeviceGroup& operator=(const DeviceGroup&) = delete;

    // Loading

    [[nodiscard]] float loadedFraction() const; // 0 .. 1 of the weights
    [[nodiscard]] bool loaded() const;
    /// Loads the next weight on every device.
    void loadNext();
    /// Once all are loaded: takes the memory for cache and steps.
    void makeCache(const CacheSize& size, StepLimits limits, KvType type = KvType::F16);
    /// KvCache::claimNext() on every device.
    bool claimCache();

    /// For measuring: the cache holds small numbers, as if contexts had been read, and slot 0 has
    /// pages for one.
    void fillCacheWithNoise();

    // Computing, as of one Decoder

    [[nodiscard]] const StepLimits& limits() const;
    [[nodiscard]] int slots() const;
    void setPages(int slot, std::span<const int> pages, std::span<const int> windowPages = {});
    void run(std::span<const StepRow> rows);
    void wait();
    void readCandidates(std::span<Candidates> candidates);
    void readLogits(std::span<float> logits);

    // Pages of the cache, on their way to another place

    [[nodiscard]] KvType kvType() const { return m_kvType; }
    /// Bytes of one page of the whole model.
    [[nodiscard]] size_t pageBytes() const;
    /// Copies a page out of the cache / into it, in an order that does not know how the model is
    /// split: (layer, key or value, KV head of the model, what it has for them:
    /// Backend::readPages()). Layers in which the place is nowhere are left out.
    /// readPage() waits for all steps before; what is written is seen by all steps behind. A page
    /// is exactly what was computed, but for one case: unlike devices that share a single KV head
    /// have each rounded it in their own way, and the first one's is read.
    void readPage(std::span<std::byte> to, PagePlace from);
    void writePage(PagePlace to, std::span<const std::byte> from);
    void copyPage(PagePlace from, PagePlace to);
    /// Whether a page that was read is all numbers.
    [[nodiscard]] bool pageIsFinite(std::span<const std::byte> page) const;

    // Facts

    [[nodiscard]] size_t size() const { return m_members.size(); }
    [[nodiscard]] int recordings() const; // kinds of step so far
    [[nodiscard]] std::string name() const; // "cpu", "cuda:0 NVIDIA H200 + cpu"
    /// What one decode step reads of the weights, on all devices.
    [[nodiscard]] uint64_t bytesPerToken() const;
    /// How fast the group could read that, bytes/s: the sum of devices that compute at once. 0
    /// where one cannot be measured.
    [[nodiscard]] double measureReadBandwidth();

private:
    struct Member;

    /// Calls work(member) for all, at once where they compute at once. Rethrows what the first of
    /// them threw that did not merely wait for another.
    void each(const std::function<void(Member&)>& work);
    void rethrowCause(const std::vector<std::exception_ptr>& failures);
    void runLayers(std::span<const StepRow> rows);
    [[nodiscard]] Member& withHead();
    [[nodiscard]] std::optional<size_t> wholeLayerAt(const Member& member, size_t layer) const;
    [[nodiscard]] static int numberIn(const Member& member, size_t layer, PagePlace place);
    [[nodiscard]] size_t layerOffset(size_t layer) const;
    template <class Copy> void eachPlane(const Member& member, size_t layer, Copy copy) const;

    const ModelSpec& m_spec;
    Split m_split;
    KvType m_kvType = KvType::F16; // of the cache
    std::unique_ptr<Collective> m_collective; // of Tensors and Experts
    std::vector<std::unique_ptr<Member>> m_members;
    std::vector<std::unique_ptr<DeviceThread>> m_threads; // of the members behind the first
    std::vector<float> m_residual; // between layers on different devices
    std::vector<std::byte> m_page; // that is being copied
    int m_outputs = 0; // of the last step
};

} // namespace inglenook
