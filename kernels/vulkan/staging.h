#pragma once

#include "kernels/vulkan/memory.h"

#include <array>
#include <span>

namespace inglenook::vulkan {

/// Host memory that copies to and from the device pass through. Uploads fill one half while the
/// device reads the other, so that repacking weights and copying them overlap.
class Staging {
public:
    /// Bytes that one chunk has at most.
    static constexpr size_t kChunkBytes = size_t{4} << 20;

    Staging(Device& device, CommandStream& commands);

    /// Host memory of `bytes` (at most kChunkBytes) to fill and then upload. It stays ours until
    /// the next call.
    struct Chunk {
        std::span<std::byte> host;
        size_t offset = 0; // in the upload buffer
    };
    [[nodiscard]] Chunk reserve(size_t bytes);
    /// Copies `bytes` of a chunk, from `from` on, to the device.
    void upload(const Chunk& chunk, size_t from, size_t bytes, const Memory::Range& to,
                size_t toOffset);

    /// Rows of packed elements on the host; on the device every `stride` bytes, in this order or,
    /// where one is given, row i at place order[i].
    struct Rows {
        size_t offset = 0; // bytes, in the device's range
        size_t bytes = 0; // of one row
        size_t stride = 0;
        std::span<const int> order = {};
    };
    void uploadRows(std::span<const std::byte> from, const Memory::Range& to, const Rows& rows);
    /// Waits until they are there.
    void downloadRows(std::span<std::byte> to, const Memory::Range& from, const Rows& rows);

private:
    CommandStream& m_commands;
    Block m_upload; // two halves
    Block m_readback;
    size_t m_half = 0;
    size_t m_used = 0; // bytes of the half
    std::array<uint64_t, 2> m_tickets{}; // when each half was last read
};

} // namespace inglenook::vulkan
