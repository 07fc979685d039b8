#pragma once

#include "kernels/backend.h"

#include <vector>

namespace inglenook {

/// The definition of every operator: plain loops over the numbers a weight stands for, summed in
/// double precision, rounded to float once. Slow; every other backend is tested against it.
class ReferenceBackend final : public Backend {
public:
    std::string name() const override { return "reference"; }

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

    void embed(Tensor y, const Weight& table, Tensor ids, float scale) override;
    void rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps) override;
    void matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias = {}) override;
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

private:
    using Work = std::function<void()>;

    /// Does the work of one operator call and, while recording, remembers it.
    void perform(const Work& work);

    std::vector<Work>* m_recorded = nullptr; // the recording in progress
};

[[nodiscard]] std::unique_ptr<Backend> createReferenceBackend();

} // namespace inglenook
