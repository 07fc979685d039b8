#pragma once

#include "kernels/tensor.h"

#include <memory>
#include <vector>

namespace inglenook::cuda {

/// Device memory; freed with the buffer.
class CudaBuffer final : public Buffer {
public:
    CudaBuffer(size_t bytes, int device);
    ~CudaBuffer() override;

    std::byte* data = nullptr;

private:
    int m_device;
};

/// A weight as it lies on the device, part behind part, each aligned to 256 bytes: rows of F32, F16
/// or BF16 as in files, panels of the quantised formats (panels.cuh). A matrix of a single row is a
/// vector and kept as F32.
class CudaWeight final : public WeightData {
public:
    struct Part {
        std::byte* data = nullptr;
        DType type = DType::F32; // that it is kept as
        int firstOut = 0;
        int out = 0;
    };
    std::unique_ptr<CudaBuffer> memory;
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
    return w ? reinterpret_cast<const float*>(cudaWeight(w).parts[0].data) : nullptr;
}

} // namespace inglenook::cuda
