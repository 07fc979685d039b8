#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/cuda_buffer.cuh"
#include "kernels/cuda/direct_collective.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/meeting.cuh"
#include "kernels/cuda/rounded_copy.cuh"
#include "kernels/cuda/staging.cuh"
#include "kernels/cuda/upload_ring.cuh"
#include "kernels/devices.h"

#include <memory>
#include <string>
#include <vector>

namespace inglenook::cuda {

/// One GPU, one stream. Each value has one order of summation, whatever the number of rows.
class CudaBackend final : public Backend {
public:
    CudaBackend(int device, const BackendOptions& options);
    ~CudaBackend() override;

    std::string name() const override;

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
    std::unique_ptr<Collective> collectiveOf(std::span<Backend* const> group) override;
    void addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps) override;
    void matmulGlu(Tensor gateUp, Tensor x, const Weight& w, Activation activation) override;

private:
    void activateDevice() const; // calls may come between those of another device's backend
    /// What every operator begins with: `written` will have other values.
    void begin(const Tensor& written);
    /// x rounded, by a kernel of its own if the operator that computed x did not leave it.
    [[nodiscard]] RoundedRows rounded(const Tensor& x);
    void meetDirectly(float* values, size_t count, const DirectMember& self);
    void meetOnHost(float* values, size_t count, GroupMember& self);

    int m_device;
    struct StreamOwner {
        cudaStream_t stream = nullptr;
        ~StreamOwner();
    };
    StreamOwner m_owner;
    Queue m_stream; // the owner's stream
    std::unique_ptr<Staging> m_staging;
    std::shared_ptr<UploadRing> m_uploads; // while weights are loaded
    RoundedCopy m_rounded;
    Scratch m_partials; // of attention
    Scratch m_tiles; // of expertMatmul
    Scratch m_candidates; // notes of topCandidates
    Scratch m_pageCopies; // pages in the shared order, on their way
    std::unique_ptr<CudaBuffer> m_arrivals; // of matmulGlu: counters, zero between kernels
    std::unique_ptr<MeetingHost> m_meetings;
    std::weak_ptr<const AbandonedFlag> m_abandoned; // of the group it is in
    std::vector<Meeting> m_recordedMeetings; // of the step that is captured
};

} // namespace inglenook::cuda
