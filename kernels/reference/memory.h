#pragma once

#include "kernels/backend.h"

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace inglenook::reference {

/// Host memory, aligned to 256 bytes and zeroed.
class HostBuffer final : public Buffer {
public:
    explicit HostBuffer(size_t bytes);

    [[nodiscard]] std::byte* data() { return m_data.get(); }

private:
    struct Free {
        void operator()(std::byte* data) const { std::free(data); }
    };
    std::unique_ptr<std::byte, Free> m_data;
};

/// A matrix as the numbers it stands for.
class HostWeight final : public WeightData {
public:
    /// Zeros.
    HostWeight(int out, int in);

    /// Sets row `i` from a row in the layout of files.
    void setRow(int i, DType type, std::span<const std::byte> bytes);
    [[nodiscard]] std::span<const float> row(int i) const
    {
        return std::span(m_values).subspan(static_cast<size_t>(i) * m_in, m_in);
    }

private:
    size_t m_in;
    std::vector<float> m_values; // (out, in)
};

/// Reads a matrix row by row.
class HostLoading final : public WeightLoading {
public:
    HostLoading(std::span<const WeightPart> parts, int in);

    bool advance() override;
    Weight take() override;

private:
    std::vector<WeightPart> m_parts;
    int m_in;
    std::shared_ptr<HostWeight> m_weight;
    size_t m_part = 0; // that is being read
    int m_row = 0; // of it
    int m_first = 0; // row of the matrix where it begins
};

/// Row `r` of an F32 tensor.
[[nodiscard]] std::span<float> row(const Tensor& t, int r);

/// Row `r` of an I32 tensor.
[[nodiscard]] std::span<int32_t> intRow(const Tensor& t, int r);

/// Row `i` of a loaded matrix.
[[nodiscard]] std::span<const float> row(const Weight& w, int i);

/// One head of one token in the cache.
struct CachedHead {
    int page = 0;
    int token = 0; // its place in the page
    int head = 0; // KV head
    bool value = false; // or the key
};

/// KV head `head` of the token at `position`.
[[nodiscard]] CachedHead placeOf(const KvPages& kv, int slot, int position, int head, bool value);

/// Rounds a head to the type of the cache, and the numbers that the cache has for it. Pages lie as
/// all backends share them.
void store(const KvPages& kv, const AttentionShape& shape, const CachedHead& place,
           std::span<const float> head);
[[nodiscard]] std::vector<float> stored(const KvPages& kv, const AttentionShape& shape,
                                        const CachedHead& place);

} // namespace inglenook::reference
