#pragma once

#include "kernels/dtype.h"

#include <cassert>
#include <memory>
#include <span>

namespace inglenook {

/// A piece of one backend's memory. Only that backend looks inside; destroying it frees the memory.
class Buffer {
public:
    explicit Buffer(size_t bytes)
        : m_bytes(bytes)
    {
    }
    virtual ~Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    [[nodiscard]] size_t bytes() const { return m_bytes; }

    /// Where the system hands out memory only when it is first written, which takes longer than the
    /// writing: has it hand out the first `bytes` now. What they hold stays.
    virtual void claim(size_t bytes) { static_cast<void>(bytes); }

private:
    size_t m_bytes;
};

/// A view of activations or step inputs: rows x cols elements of 4 bytes, row-major, `stride`
/// elements from row to row. Owns nothing; the buffer outlives it.
struct Tensor {
    Buffer* buffer = nullptr;
    size_t offset = 0; // bytes from the start of the buffer
    int rows = 0;
    int cols = 0;
    int stride = 0; // elements
    DType type = DType::F32; // F32 or I32

    explicit operator bool() const { return buffer != nullptr; }

    [[nodiscard]] Tensor columns(int first, int count) const
    {
        assert(first >= 0 && count >= 0 && first + count <= cols);
        Tensor t = *this;
        t.offset += static_cast<size_t>(first) * 4;
        t.cols = count;
        return t;
    }

    [[nodiscard]] Tensor firstRows(int count) const
    {
        assert(count >= 0 && count <= rows);
        Tensor t = *this;
        t.rows = count;
        return t;
    }
};

/// Views `rows` x `cols` elements at the start of a buffer.
[[nodiscard]] inline Tensor wholeTensor(Buffer& buffer, int rows, int cols, DType type = DType::F32)
{
    assert(buffer.bytes() >= static_cast<size_t>(rows) * static_cast<size_t>(cols) * 4);
    return {.buffer = &buffer, .rows = rows, .cols = cols, .stride = cols, .type = type};
}

/// Rows of one array of a model file, about to be loaded. The bytes are in the file's own layout
/// (quant_formats.h), `out` rows without padding.
struct WeightPart {
    std::span<const std::byte> rows;
    DType type = DType::F32;
    int out = 0;
};

/// The rows of all parts.
[[nodiscard]] inline int rowsOf(std::span<const WeightPart> parts)
{
    int rows = 0;
    for (const WeightPart& part : parts)
        rows += part.out;
    return rows;
}

/// A backend's private form of a weight.
class WeightData {
public:
    virtual ~WeightData() = default;
};

/// A loaded matrix (out x in): y = W x. It may be stacked from parts of different formats (q over
/// k over v). Vectors (norms, biases) are matrices of one F32 row. Copies share the data.
struct Weight {
    std::shared_ptr<const WeightData> data;
    int out = 0;
    int in = 0;
    size_t bytes = 0; // what one pass over it reads, as stored on the device

    explicit operator bool() const { return data != nullptr; }
};

} // namespace inglenook
