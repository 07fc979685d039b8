#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/candidate_slice.h"
#include "kernels/cpu/expert_groups.h"
#include "kernels/cpu/host_memory.h"
#include "kernels/cpu/instructions.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/devices.h"

#include <vector>

namespace inglenook {

namespace cpu {

struct AttentionWork;
struct ExpertWork;

/// Rows of tensors in this backend's memory. `row` < rows.
[[nodiscard]] float* floatRow(const Tensor& tensor, int row);
[[nodiscard]] int32_t intAt(const Tensor& tensor, int row); // of a column of integers

} // namespace cpu

/// Computes on the processor's cores. Operators run at once, in the calling thread and the pool's;
/// a recording is the function itself. The bits of a result depend neither on the number of threads
/// nor on the instruction set.
class CpuBackend final : public Backend {
public:
    /// `nodes` as in cpu::Cores.
    CpuBackend(const cpu::Instructions& instructions, int threads,
               const std::vector<std::vector<int>>& nodes = {});

    [[nodiscard]] std::string name() const override { return "cpu"; }

    [[nodiscard]] std::shared_ptr<Buffer> allocate(size_t bytes) override;
    [[nodiscard]] std::unique_ptr<WeightLoading> beginLoad(std::span<const WeightPart> parts,
                                                           int in) override;
    void write(const Tensor& to, std::span<const std::byte> from) override;
    void read(std::span<std::byte> to, const Tensor& from) override;
    void readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                   const AttentionShape& shape) override;
    void writePages(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape,
                    std::span<const std::byte> from) override;

    [[nodiscard]] std::unique_ptr<Recording> record(const std::function<void()>& step) override;
    void replay(Recording& recording) override;
    [[nodiscard]] double measureReadBandwidth() override;

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
    /// Calls rowTask(row) for every row, in the pool if it is worth waking: `elements` in all.
    template <class RowTask> void eachRow(int rows, int64_t elements, const RowTask& rowTask)
    {
        constexpr int64_t worthwhile = 32 * 1024; // elements: about 10 us of one core
        if (elements < worthwhile) {
            for (int row = 0; row < rows; ++row)
                rowTask(row);
            return;
        }
        m_pool.run(rows, [&](int row, int) { rowTask(row); });
    }
    const cpu::RoundedBlock* roundedRows(const Tensor& x, int blocks);
    void prepareInputs(cpu::ExpertWork& work);
    void gatherInputs(const cpu::ExpertWork& work);
    void multiplyGroup(const cpu::ExpertWork& work, const cpu::ExpertGroups::Group& group,
                       int firstPanel, int thread);
    void attendWhole(const cpu::AttentionWork& work);
    void attendSplit(const cpu::AttentionWork& work);

    const cpu::Instructions& m_instructions;
    cpu::ThreadPool m_pool;
    cpu::HostMemory m_rounded; // activations of one matmul; grows to the widest step
    cpu::ExpertGroups m_groups; // the picks of one operator
    cpu::HostMemory m_gathered; // activations by expert; likewise
    cpu::HostMemory m_products; // of a thread each, on their way to their rows; likewise
    cpu::HostMemory m_attention; // scores and partial results; likewise
    std::vector<cpu::CandidateSlice> m_candidateSlices; // of one search; as many as ever
    std::vector<float> m_candidateBounds; // of its rows
};

[[nodiscard]] DeviceInfo describeCpu();

/// Throws std::runtime_error if this processor is too old.
[[nodiscard]] std::unique_ptr<Backend> createCpuBackend(const BackendOptions& options);

} // namespace inglenook
