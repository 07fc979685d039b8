#pragma once

#include "kernels/devices.h"

namespace inglenook {

namespace vulkan {
class Context;
class HostBlock;
} // namespace vulkan

/// The Vulkan devices of this machine in the driver's order, usable or not; none without a driver.
/// Never throws.
[[nodiscard]] std::vector<DeviceInfo> listVulkanDevices();

/// Opens the device that has this index in the list. Throws std::runtime_error with a sentence.
[[nodiscard]] std::unique_ptr<Backend> createVulkanBackend(int index,
                                                           const BackendOptions& options);

/// A GPU by Vulkan compute. Operators append to a command buffer; a recorded step is command
/// buffers that are submitted again. See README.md.
class VulkanBackend final : public Backend {
public:
    VulkanBackend(int index, const BackendOptions& options);
    ~VulkanBackend() override;

    std::string name() const override { return m_name; }

    std::shared_ptr<Buffer> allocate(size_t bytes) override;
    std::unique_ptr<WeightLoading> beginLoad(std::span<const WeightPart> parts, int in) override;
    void write(const Tensor& to, std::span<const std::byte> from) override;
    void read(std::span<std::byte> to, const Tensor& from) override;
    void readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                   const AttentionShape& shape) override;
    void writePages(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape,
                    std::span<const std::byte> from) override;

    std::unique_ptr<Recording> record(const std::function<void()>& step) override;
    void replay(Recording& recording) override;
    double measureReadBandwidth() override;

    void embed(Tensor y, const Weight& table, Tensor ids, float scale) override;
    void rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps) override;
    void matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias) override;
    void rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                        const AttentionShape& shape, const StepInputs& in) override;
    void attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                   const StepInputs& in, const Weight& sinks) override;
    void glu(Tensor y, Tensor gateUp, Activation activation) override;
    void add(Tensor x, Tensor y) override;
    void gatherRows(Tensor y, Tensor x, Tensor rows) override;
    void softcap(Tensor x, float cap) override;
    void topCandidates(Tensor found, Tensor logits) override;
    void routeExperts(Tensor ids, Tensor weights, Tensor logits) override;
    void expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                      const Weight& bias) override;
    void weightedSum(Tensor y, Tensor x, Tensor weights) override;
    void allReduce(Tensor x, GroupMember& self) override;
    void addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps) override;

private:
    /// y of each head = the partial results of its chunks and its sink together. `sinks` is an
    /// address on the device; 0: none.
    void mergeChunks(Tensor y, const AttentionShape& shape, const StepInputs& in, uint64_t sinks,
                     int chunks);
    /// Turns all heads of the rows in place, as turnHead() does.
    void turnHeads(Tensor x, int headSize);
    /// Rounds keys and values, as they stand behind the queries, and puts them into their pages.
    void storeQuants(Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                     const StepInputs& in);

    std::shared_ptr<vulkan::Context> m_context;
    std::string m_name;
    // Of sums over a group; the last one is as large as the widest so far.
    std::vector<std::shared_ptr<vulkan::HostBlock>> m_exchanges;
};

} // namespace inglenook
