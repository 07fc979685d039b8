#include "kernels/cuda/rounded_copy.cuh"

namespace inglenook::cuda {
namespace {

/// The byte behind a tensor's last.
size_t endOf(const Tensor& t)
{
    return t.rows == 0 ? t.offset
                       : t.offset +
            (static_cast<size_t>(t.rows - 1) * static_cast<size_t>(t.stride) +
             static_cast<size_t>(t.cols)) *
                sizeof(float);
}

} // namespace

RoundedRows RoundedCopy::leave(const Tensor& x)
{
    m_of = {};
    if (x.cols % kBlock != 0 || x.rows == 0)
        return {};
    m_turn = 1 - m_turn;
    std::byte* memory = m_scratch[m_turn].atLeast(RoundedRows::bytes(x.rows, x.cols));
    m_rows = {.quants = memory,
              .scales = reinterpret_cast<RoundedRows::Scale*>(
                  memory + RoundedRows::quantBytes(x.rows, x.cols)),
              .tiles = RoundedRows::tilesOf(x.rows),
              .blocks = x.cols / kBlock};
    m_of = x;
    return m_rows;
}

RoundedRows RoundedCopy::find(const Tensor& x) const
{
    const bool same = m_of && m_of.buffer == x.buffer && m_of.offset == x.offset &&
        m_of.rows == x.rows && m_of.cols == x.cols && m_of.stride == x.stride;
    return same ? m_rows : RoundedRows{};
}

void RoundedCopy::outdate(const Tensor& written)
{
    if (m_of && m_of.buffer == written.buffer && m_of.offset < endOf(written) &&
        written.offset < endOf(m_of))
        m_of = {};
}

} // namespace inglenook::cuda
