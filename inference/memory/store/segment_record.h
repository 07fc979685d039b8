#pragma once

#include "inference/memory/page_name.h"
#include "kernels/backend.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

// The bytes of a segment file: a block that says what the file is, then records. A record is a
// header and a payload, begins at a block, and fills its last block with zeros; so records are
// found again behind one that is damaged, and the space of a removed one can be given back. Numbers
// are in the order of this machine; files of another are refused.

inline constexpr uint64_t kBlockBytes = 4096;
/// More than any payload: what says otherwise is damaged.
inline constexpr uint64_t kMostPayloadBytes = uint64_t{1} << 32;

enum class RecordKind : uint32_t {
    Page = 1,
    Keep, // payload: a conversation and the names of its pages
    Forget, // payload: a conversation that is being removed
    Removed, // was one of the above; only its length is left
};

struct RecordHeader {
    uint32_t mark = 0;
    RecordKind kind = RecordKind::Removed;
    uint64_t sequence = 0; // of two records of one page or conversation the higher counts
    uint64_t payloadBytes = 0;
    PageName name; // this and the next two of a page only
    PageName parent;
    std::array<int32_t, kPageTokens> tokens{};
    std::array<uint64_t, 2> payloadChecksum{};
    uint64_t checksum = 0; // of all above
};
static_assert(sizeof(RecordHeader) == 336 && std::is_trivially_copyable_v<RecordHeader>);

/// What a record with such a payload takes in the file.
[[nodiscard]] constexpr uint64_t recordBytes(uint64_t payloadBytes)
{
    return (sizeof(RecordHeader) + payloadBytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
}

/// Fills in length, checksums and mark. The checksum is of use in the segment of this number only.
void seal(RecordHeader& header, std::span<const std::byte> payload, uint64_t segment);
/// What stays of a record with such a payload.
[[nodiscard]] RecordHeader removedRecord(uint64_t payloadBytes, uint64_t segment);
/// The header at the beginning of `bytes`, if there is a valid one.
[[nodiscard]] std::optional<RecordHeader> readHeader(std::span<const std::byte> bytes,
                                                     uint64_t segment);
[[nodiscard]] bool payloadIsWhole(const RecordHeader& header, std::span<const std::byte> payload);

/// The first block of a segment.
[[nodiscard]] std::array<std::byte, kBlockBytes> segmentBlock();
/// A file of another version or byte order. One whose first block is damaged is not foreign: its
/// records speak for themselves.
[[nodiscard]] bool isForeign(std::span<const std::byte> firstBlock);

/// What the payload of Keep and Forget says.
struct ConversationPages {
    std::string conversation;
    std::vector<PageName> pages;
};
[[nodiscard]] std::vector<std::byte> conversationPayload(std::string_view conversation,
                                                         std::span<const PageName> pages);
[[nodiscard]] std::optional<ConversationPages> readConversation(std::span<const std::byte> payload);

} // namespace inglenook
