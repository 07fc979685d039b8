#include "kernels/self_test/workspace.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace inglenook::self_test {

namespace {

constexpr uint32_t kGuard = 0x7fc0dead; // as a float: not a number
constexpr int kGuardWords = 64;
constexpr int kOddOffset = 3; // elements
constexpr int kGap = 5; // elements between rows

size_t wordAt(const Tensor& t, int row, int col)
{
    return t.offset / 4 + static_cast<size_t>(row) * static_cast<size_t>(t.stride) +
        static_cast<size_t>(col);
}

std::vector<uint32_t> wordsOf(const Matrix& values)
{
    std::vector<uint32_t> words(values.values.size());
    std::ranges::transform(values.values, words.begin(),
                           [](float v) { return std::bit_cast<uint32_t>(v); });
    return words;
}

} // namespace

Tensor Workspace::place(std::span<const uint32_t> words, Tensor view, bool mayChange)
{
    const bool spread = m_placement == Placement::Spread;
    view.stride = view.cols + (spread ? kGap : 0);
    view.offset = static_cast<size_t>(kGuardWords + (spread ? kOddOffset : 0)) * 4;
    Place place;
    place.mayChange = mayChange;
    place.words.assign(wordAt(view, view.rows, kGuardWords), kGuard);
    for (int r = 0; r < view.rows; ++r) {
        const size_t width = static_cast<size_t>(view.cols);
        std::ranges::copy(words.subspan(static_cast<size_t>(r) * width, width),
                          place.words.begin() + static_cast<std::ptrdiff_t>(wordAt(view, r, 0)));
    }

    place.buffer = m_backend.allocate(place.words.size() * 4);
    view.buffer = place.buffer.get();
    place.tensor = view;
    const int count = static_cast<int>(place.words.size());
    m_backend.write(wholeTensor(*place.buffer, 1, count), std::as_bytes(std::span(place.words)));
    m_places.push_back(std::move(place));
    return view;
}

Tensor Workspace::input(const Matrix& values)
{
    Tensor view;
    view.rows = values.rows;
    view.cols = values.cols;
    return place(wordsOf(values), view, false);
}

Tensor Workspace::input(std::span<const int32_t> values, int rows, int cols)
{
    Tensor view;
    view.rows = rows;
    view.cols = cols;
    view.type = DType::I32;
    const std::vector<uint32_t> words(values.begin(), values.end());
    return place(words, view, false);
}

Tensor Workspace::changing(const Matrix& values)
{
    Tensor view;
    view.rows = values.rows;
    view.cols = values.cols;
    return place(wordsOf(values), view, true);
}

Tensor Workspace::output(int rows, int cols)
{
    Tensor view;
    view.rows = rows;
    view.cols = cols;
    const std::vector<uint32_t> words(static_cast<size_t>(rows) * static_cast<size_t>(cols),
                                      kGuard);
    return place(words, view, true);
}

Weight Workspace::vector(std::span<const float> values)
{
    const WeightPart part{.rows = std::as_bytes(values), .type = DType::F32, .out = 1};
    return m_backend.load({&part, 1}, static_cast<int>(values.size()));
}

Matrix Workspace::read(const Tensor& tensor)
{
    Matrix result(tensor.rows, tensor.cols);
    m_backend.read(std::as_writable_bytes(std::span(result.values)), tensor);
    return result;
}

void Workspace::rewrite(const Tensor& tensor, const Matrix& values)
{
    m_backend.write(tensor, std::as_bytes(std::span(values.values)));
}

void Workspace::rewrite(const Tensor& tensor, std::span<const int32_t> values)
{
    m_backend.write(tensor, std::as_bytes(values));
}

void Workspace::checkGuards()
{
    for (const Place& place : m_places) {
        std::vector<uint32_t> now(place.words.size());
        const int count = static_cast<int>(now.size());
        m_backend.read(std::as_writable_bytes(std::span(now)),
                       wholeTensor(*place.buffer, 1, count));
        if (place.mayChange)
            for (int r = 0; r < place.tensor.rows; ++r)
                for (int c = 0; c < place.tensor.cols; ++c)
                    now[wordAt(place.tensor, r, c)] = place.words[wordAt(place.tensor, r, c)];
        const auto [changed, was] = std::ranges::mismatch(now, place.words);
        if (changed == now.end())
            continue;
        const auto word =
            changed - now.begin() - static_cast<std::ptrdiff_t>(place.tensor.offset / 4);
        throw std::runtime_error(
            "Element " + std::to_string(word) + " after the start of a tensor (" +
            std::to_string(place.tensor.rows) + ", " + std::to_string(place.tensor.cols) +
            ") with stride " + std::to_string(place.tensor.stride) +
            " was overwritten and is not the operator's to write");
    }
}

} // namespace inglenook::self_test
