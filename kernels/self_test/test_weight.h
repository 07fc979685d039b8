#pragma once

#include "kernels/backend.h"
#include "kernels/self_test/matrix.h"

#include <string>
#include <vector>

namespace inglenook::self_test {

/// Rows of one format in a weight that may be stacked of several.
struct PartShape {
    DType type = DType::F32;
    int out = 0;
};

/// A random matrix in the formats of model files.
class TestWeight {
public:
    TestWeight(uint32_t seed, std::vector<PartShape> parts, int in);

    [[nodiscard]] Weight loadOn(Backend& backend) const;
    /// One part as a weight of its own.
    [[nodiscard]] Weight partOn(Backend& backend, size_t index) const;
    [[nodiscard]] int out() const;
    [[nodiscard]] int in() const { return m_in; }
    [[nodiscard]] DType typeOf(int row) const;
    /// Of each element of a row the sum of the absolute values of the terms it is made of: what
    /// bounds the rounding of sums over it. A Q4_K element is scale * q - min: two terms.
    [[nodiscard]] std::vector<float> magnitudes(int row) const;

private:
    struct Part {
        PartShape shape;
        std::vector<std::byte> bytes;
    };

    [[nodiscard]] Weight load(Backend& backend, std::span<const Part> chosen) const;
    [[nodiscard]] std::pair<const Part*, int> find(int row) const;

    int m_in;
    std::vector<Part> m_parts;
};

/// "Q4_K" or "Q4_K+Q6_K"
[[nodiscard]] std::string formatText(const std::vector<PartShape>& parts);

[[nodiscard]] bool quantised(DType type);

/// What x loses in a matmul with quantised rows of the weight: it may be rounded to 8 bits in
/// blocks of 32, unless every block has one element at most, which a scale represents as it is.
enum class InputRounding { EightBits, None };

/// How far each element of `w x[r]` may be from the exact sum, whatever the order of the f32 sums.
/// (x.rows, w.out), row-major.
[[nodiscard]] std::vector<double> matmulTolerances(const TestWeight& w, const Matrix& x,
                                                   InputRounding rounding);

} // namespace inglenook::self_test
