#include "kernels/self_test/test_weight.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace inglenook::self_test {

TestWeight::TestWeight(uint32_t seed, std::vector<PartShape> parts, int in)
    : m_in(in)
{
    for (const PartShape& shape : parts) {
        const Matrix values = randomMatrix(++seed, shape.out, in, 0.5f);
        const size_t bytes = rowBytes(shape.type, in);
        Part part{.shape = shape, .bytes = {}};
        part.bytes.resize(bytes * static_cast<size_t>(shape.out));
        for (int r = 0; r < shape.out; ++r)
            quantiseRow(shape.type, values.row(r),
                        std::span(part.bytes).subspan(static_cast<size_t>(r) * bytes, bytes));
        m_parts.push_back(std::move(part));
    }
}

namespace {

/// Where a block has the factor of its minimums, and the sign with which it adds them.
struct Minimum {
    size_t place;
    std::byte signOfAdding;
};

std::optional<Minimum> minimumOf(DType type)
{
    constexpr std::byte kMinus{0x80};
    switch (type) {
    case DType::Q4_1:
        return Minimum{offsetof(BlockQ4_1, m), {}};
    case DType::Q5_1:
        return Minimum{offsetof(BlockQ5_1, m), {}};
    case DType::Q2_K:
        return Minimum{offsetof(BlockQ2_K, dmin), kMinus};
    case DType::Q4_K:
        return Minimum{offsetof(BlockQ4_K, dmin), kMinus};
    case DType::Q5_K:
        return Minimum{offsetof(BlockQ5_K, dmin), kMinus};
    default:
        return {};
    }
}

} // namespace

Weight TestWeight::loadOn(Backend& backend) const
{
    return load(backend, m_parts);
}

Weight TestWeight::partOn(Backend& backend, size_t index) const
{
    return load(backend, {&m_parts[index], 1});
}

Weight TestWeight::load(Backend& backend, std::span<const Part> chosen) const
{
    std::vector<std::vector<std::byte>> copies; // gone after load(): a backend must not keep them
    std::vector<WeightPart> parts;
    for (const Part& part : chosen) {
        copies.push_back(part.bytes);
        parts.push_back({.rows = copies.back(), .type = part.shape.type, .out = part.shape.out});
    }
    return backend.load(parts, m_in);
}

int TestWeight::out() const
{
    int out = 0;
    for (const Part& part : m_parts)
        out += part.shape.out;
    return out;
}

std::pair<const TestWeight::Part*, int> TestWeight::find(int row) const
{
    const Part* part = m_parts.data();
    while (row >= part->shape.out) {
        row -= part->shape.out;
        ++part;
    }
    return {part, row};
}

DType TestWeight::typeOf(int row) const
{
    return find(row).first->shape.type;
}

std::vector<float> TestWeight::magnitudes(int row) const
{
    const auto [part, r] = find(row);
    const DType type = part->shape.type;
    const size_t bytes = rowBytes(type, m_in);
    const auto from =
        part->bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(r) * bytes);
    std::vector<std::byte> copy(from, from + static_cast<std::ptrdiff_t>(bytes));
    if (const std::optional<Minimum> minimum = minimumOf(type)) // what it takes away it adds
        for (size_t b = 0; b < bytes; b += static_cast<size_t>(facts(type).blockBytes)) {
            std::byte& high = copy[b + minimum->place + 1];
            high = (high & std::byte{0x7f}) | minimum->signOfAdding;
        }
    std::vector<float> values(static_cast<size_t>(m_in));
    dequantiseRow(type, copy, values);
    for (float& v : values)
        v = std::fabs(v);
    return values;
}

std::string formatText(const std::vector<PartShape>& parts)
{
    std::string text;
    for (const PartShape& part : parts)
        text += (text.empty() ? "" : "+") + std::string(name(part.type));
    return text;
}

bool quantised(DType type)
{
    return facts(type).blockElements > 1;
}

namespace {

constexpr size_t kBlock = 32; // elements of x that may share a scale

/// Half a step of 8 bits of each block of x.
std::vector<double> halfSteps(std::span<const float> x)
{
    std::vector<double> steps;
    for (size_t b = 0; b < x.size(); b += kBlock) {
        double greatest = 0;
        for (size_t i = b; i < std::min(b + kBlock, x.size()); ++i)
            greatest = std::max(greatest, std::fabs(static_cast<double>(x[i])));
        steps.push_back(greatest / 254 * 1.001); // the scale itself is rounded
    }
    return steps;
}

} // namespace

std::vector<double> matmulTolerances(const TestWeight& w, const Matrix& x, InputRounding rounding)
{
    std::vector<std::vector<double>> steps;
    for (int r = 0; r < x.rows; ++r)
        steps.push_back(halfSteps(x.row(r)));

    const auto out = static_cast<size_t>(w.out());
    std::vector<double> tolerances(static_cast<size_t>(x.rows) * out);
    for (size_t o = 0; o < out; ++o) {
        const std::vector<float> magnitudes = w.magnitudes(static_cast<int>(o));
        const bool roundsX =
            rounding == InputRounding::EightBits && quantised(w.typeOf(static_cast<int>(o)));
        for (size_t r = 0; r < steps.size(); ++r) {
            const std::span<const float> from = x.row(static_cast<int>(r));
            double terms = 0; // sum of |w x|
            double rounded = 0; // sum of |w| times the error of x
            for (size_t i = 0; i < from.size(); ++i) {
                terms += static_cast<double>(magnitudes[i] * std::fabs(from[i]));
                rounded += magnitudes[i] * steps[r][i / kBlock];
            }
            const double sums = kRounding * static_cast<double>(from.size() + 8) * terms;
            tolerances[r * out + o] = sums + (roundsX ? rounded : 0);
        }
    }
    return tolerances;
}

} // namespace inglenook::self_test
