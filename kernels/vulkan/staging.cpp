#include "kernels/vulkan/staging.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace inglenook::vulkan {

namespace {

/// A part of one row: where it lies packed (from the start of a chunk) and on the device.
struct Piece {
    size_t packed;
    size_t spread;
    size_t bytes;
};

/// Calls `use` for the parts of rows among the packed bytes [first, first + bytes).
template <class Use>
void forEachPiece(const Staging::Rows& rows, size_t first, size_t bytes, Use use)
{
    for (size_t done = 0; done < bytes;) {
        const size_t row = (first + done) / rows.bytes;
        const size_t column = (first + done) % rows.bytes;
        const size_t count = std::min(rows.bytes - column, bytes - done);
        const size_t place = rows.order.empty() ? row : static_cast<size_t>(rows.order[row]);
        use(Piece{done, rows.offset + place * rows.stride + column, count});
        done += count;
    }
}

} // namespace

Staging::Staging(Device& device, CommandStream& commands)
    : m_commands(commands)
    , m_upload(device, 2 * kChunkBytes, MemoryUse::Upload)
    , m_readback(device, kChunkBytes, MemoryUse::Readback)
{
}

Staging::Chunk Staging::reserve(size_t bytes)
{
    assert(bytes <= kChunkBytes);
    const size_t rounded =
        (bytes + Memory::kAlignment - 1) / Memory::kAlignment * Memory::kAlignment;
    if (m_used + rounded > kChunkBytes) {
        m_tickets[m_half] = m_commands.submit();
        m_half = 1 - m_half;
        m_used = 0;
        m_commands.wait(m_tickets[m_half]);
    }
    const size_t offset = m_half * kChunkBytes + m_used;
    m_used += rounded;
    return {{m_upload.mapped() + offset, bytes}, offset};
}

void Staging::upload(const Chunk& chunk, size_t from, size_t bytes, const Memory::Range& to,
                     size_t toOffset)
{
    m_commands.copy(
        m_upload.buffer(), to.block->buffer(),
        {.srcOffset = chunk.offset + from, .dstOffset = to.offset + toOffset, .size = bytes});
}

void Staging::uploadRows(std::span<const std::byte> from, const Memory::Range& to, const Rows& rows)
{
    for (size_t done = 0; done < from.size();) {
        const Chunk chunk = reserve(std::min(from.size() - done, kChunkBytes));
        std::memcpy(chunk.host.data(), from.data() + done, chunk.host.size());
        forEachPiece(rows, done, chunk.host.size(), [&](const Piece& piece) {
            upload(chunk, piece.packed, piece.bytes, to, piece.spread);
        });
        done += chunk.host.size();
    }
}

void Staging::downloadRows(std::span<std::byte> to, const Memory::Range& from, const Rows& rows)
{
    for (size_t done = 0; done < to.size();) {
        const size_t bytes = std::min(to.size() - done, kChunkBytes);
        forEachPiece(rows, done, bytes, [&](const Piece& piece) {
            m_commands.copy(from.block->buffer(), m_readback.buffer(),
                            {.srcOffset = from.offset + piece.spread,
                             .dstOffset = piece.packed,
                             .size = piece.bytes});
        });
        m_commands.hostBarrier();
        m_commands.finish();
        std::memcpy(to.data() + done, m_readback.mapped(), bytes);
        done += bytes;
    }
}

} // namespace inglenook::vulkan
