#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/check.cuh"

#include <exception>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace inglenook {

/// Device memory; freed with the buffer.
class CudaBuffer final : public Buffer {
public:
    CudaBuffer(size_t bytes, int device);
    ~CudaBuffer() override;

    std::byte* data = nullptr;

private:
    int m_device;
};

/// A weight as it lies on the device: the file's blocks, one piece of memory per part.
class CudaWeight final : public WeightData {
public:
    struct Part {
        std::shared_ptr<CudaBuffer> memory;
        DType type = DType::F32;
        int firstOut = 0;
        int out = 0;
        size_t bytesPerRow = 0;
    };
    std::vector<Part> parts;
};

template <class T> T* pointer(const Tensor& t)
{
    return t ? reinterpret_cast<T*>(static_cast<CudaBuffer*>(t.buffer)->data + t.offset) : nullptr;
}

inline const CudaWeight& cudaWeight(const Weight& w)
{
    return static_cast<const CudaWeight&>(*w.data);
}

/// The F32 row of a vector weight; null if it is absent.
inline const float* vectorPointer(const Weight& w)
{
    return w ? reinterpret_cast<const float*>(cudaWeight(w).parts[0].memory->data) : nullptr;
}

/// What went wrong where a group met: said by the driver's thread, thrown by ours.
struct MeetingError {
    std::mutex mutex;
    std::exception_ptr failure;
};

/// One sum over a group: the pinned host memory that it passes through.
struct CudaMeeting {
    CudaMeeting(GroupMember& theSelf, size_t theCount, std::shared_ptr<MeetingError> theError);
    ~CudaMeeting();
    CudaMeeting(const CudaMeeting&) = delete;
    CudaMeeting& operator=(const CudaMeeting&) = delete;

    static void CUDART_CB meet(void* meeting);

    GroupMember& self;
    size_t count;
    float* values = nullptr;
    std::shared_ptr<MeetingError> error;
};

/// One GPU, one stream. Simple kernels: each value in one order of summation, whatever the number
/// of rows.
class CudaBackend final : public Backend {
public:
    explicit CudaBackend(int device);
    ~CudaBackend() override;

    std::string name() const override;

    std::shared_ptr<Buffer> allocate(size_t bytes) override;
    Weight load(std::span<const WeightPart> parts, int in) override;
    void write(const Tensor& to, std::span<const std::byte> from) override;
    void read(std::span<std::byte> to, const Tensor& from) override;

    std::unique_ptr<Recording> record(const std::function<void()>& step) override;
    void replay(Recording& recording) override;
    double measureReadBandwidth() override;

    void embed(Tensor y, const Weight& table, Tensor ids, float scale) override;
    void rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps) override;
    void matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias) override;
    void rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                        const AttentionShape& shape, const StepInputs& in) override;
    void attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                   const StepInputs& in) override;
    void glu(Tensor y, Tensor gateUp, Activation activation) override;
    void add(Tensor x, Tensor y) override;
    void gatherRows(Tensor y, Tensor x, Tensor rows) override;
    void softcap(Tensor x, float cap) override;
    void allReduce(Tensor x, GroupMember& self) override;

private:
    void activateDevice() const; // calls may come between those of another device's backend

    int m_device;
    void throwMeetingError();

    cudaStream_t m_stream = nullptr;
    std::vector<std::unique_ptr<CudaMeeting>> m_meetings; // of the recording in progress
    std::shared_ptr<MeetingError> m_meetingError = std::make_shared<MeetingError>();
};

} // namespace inglenook
