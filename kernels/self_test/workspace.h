#pragma once

#include "kernels/backend.h"
#include "kernels/self_test/matrix.h"

#include <string>

namespace inglenook::self_test {

/// How tensors lie in their buffers: tight rows, or at an odd offset with gaps between the rows.
enum class Placement { Packed, Spread };

/// Tensors of one backend, each in a buffer of its own between guard values. The guards are not
/// numbers, so that reading them shows in results as writing them shows in checkGuards().
class Workspace {
public:
    Workspace(Backend& backend, Placement placement)
        : m_backend(backend)
        , m_placement(placement)
    {
    }

    [[nodiscard]] Backend& backend() { return m_backend; }

    /// Holds values that no operator may change.
    [[nodiscard]] Tensor input(const Matrix& values);
    [[nodiscard]] Tensor input(std::span<const int32_t> values, int rows, int cols = 1);
    /// Holds values that operators may change.
    [[nodiscard]] Tensor changing(const Matrix& values);
    /// Holds what no result may contain.
    [[nodiscard]] Tensor output(int rows, int cols);

    [[nodiscard]] Weight vector(std::span<const float> values);

    [[nodiscard]] Matrix read(const Tensor& tensor);
    void rewrite(const Tensor& tensor, const Matrix& values);
    void rewrite(const Tensor& tensor, std::span<const int32_t> values);

    /// Throws std::runtime_error if anything but an output or changing tensor was written.
    void checkGuards();
    /// Makes the tensors of now outlive the next release().
    void keep() { m_kept = m_places.size(); }
    /// Frees the tensors made since keep().
    void release() { m_places.resize(m_kept); }

private:
    struct Place {
        std::shared_ptr<Buffer> buffer;
        Tensor tensor;
        bool mayChange = false;
        std::vector<uint32_t> words; // all that was written to the buffer
    };

    Tensor place(std::span<const uint32_t> words, Tensor view, bool mayChange);

    Backend& m_backend;
    Placement m_placement;
    std::vector<Place> m_places;
    size_t m_kept = 0;
};

} // namespace inglenook::self_test
