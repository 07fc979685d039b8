#include "inference/memory/store/segment_record.h"

#include <cstring>
#include <xxhash.h>

namespace inglenook {

namespace {

constexpr uint32_t kRecordMark = 0x67617031; // also the version of a record's layout

struct SegmentHeader {
    std::array<char, 8> text{'i', 'n', 'g', 'p', 'a', 'g', 'e', 's'};
    uint32_t order = 0x01020304;
    uint32_t version = 1;
    uint64_t checksum = 0; // of all above
};
static_assert(sizeof(SegmentHeader) == 24);

uint64_t checksumOf(const SegmentHeader& header)
{
    return XXH3_64bits(&header, offsetof(SegmentHeader, checksum));
}

uint64_t reversed(uint64_t number)
{
    uint64_t result = 0;
    for (int byte = 0; byte < 8; ++byte)
        result = result << 8 | (number >> (8 * byte) & 0xff);
    return result;
}

uint64_t checksumOf(const RecordHeader& header, uint64_t segment)
{
    return XXH3_64bits_withSeed(&header, offsetof(RecordHeader, checksum), segment);
}

std::array<uint64_t, 2> checksumOf(std::span<const std::byte> payload)
{
    const XXH128_hash_t hash = XXH3_128bits(payload.data(), payload.size());
    return {hash.low64, hash.high64};
}

} // namespace

void seal(RecordHeader& header, std::span<const std::byte> payload, uint64_t segment)
{
    header.mark = kRecordMark;
    header.payloadBytes = payload.size();
    header.payloadChecksum = checksumOf(payload);
    header.checksum = checksumOf(header, segment);
}

RecordHeader removedRecord(uint64_t payloadBytes, uint64_t segment)
{
    RecordHeader header{.mark = kRecordMark, .payloadBytes = payloadBytes};
    header.checksum = checksumOf(header, segment);
    return header;
}

std::optional<RecordHeader> readHeader(std::span<const std::byte> bytes, uint64_t segment)
{
    RecordHeader header;
    if (bytes.size() < sizeof header)
        return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.mark != kRecordMark || header.payloadBytes > kMostPayloadBytes ||
        header.checksum != checksumOf(header, segment))
        return std::nullopt;
    return header;
}

bool payloadIsWhole(const RecordHeader& header, std::span<const std::byte> payload)
{
    return header.payloadBytes == payload.size() && header.payloadChecksum == checksumOf(payload);
}

std::array<std::byte, kBlockBytes> segmentBlock()
{
    SegmentHeader header;
    header.checksum = checksumOf(header);
    std::array<std::byte, kBlockBytes> block{};
    std::memcpy(block.data(), &header, sizeof header);
    return block;
}

bool isForeign(std::span<const std::byte> firstBlock)
{
    const SegmentHeader own;
    SegmentHeader found;
    if (firstBlock.size() < sizeof found)
        return false;
    std::memcpy(&found, firstBlock.data(), sizeof found);
    const uint64_t checksum = checksumOf(found);
    const bool whole = found.checksum == checksum || found.checksum == reversed(checksum);
    return whole && found.text == own.text &&
        (found.order != own.order || found.version != own.version);
}

std::vector<std::byte> conversationPayload(std::string_view conversation,
                                           std::span<const PageName> pages)
{
    const auto length = static_cast<uint64_t>(conversation.size());
    std::vector<std::byte> payload(sizeof length + conversation.size() + pages.size_bytes());
    std::byte* end = payload.data();
    const auto put = [&](const void* from, size_t bytes) {
        if (bytes > 0)
            std::memcpy(end, from, bytes);
        end += bytes;
    };
    put(&length, sizeof length);
    put(conversation.data(), conversation.size());
    put(pages.data(), pages.size_bytes());
    return payload;
}

std::optional<ConversationPages> readConversation(std::span<const std::byte> payload)
{
    uint64_t length = 0;
    if (payload.size() < sizeof length)
        return std::nullopt;
    std::memcpy(&length, payload.data(), sizeof length);
    payload = payload.subspan(sizeof length);
    if (length > payload.size() || (payload.size() - length) % sizeof(PageName) != 0)
        return std::nullopt;
    ConversationPages result;
    result.conversation.assign(reinterpret_cast<const char*>(payload.data()), length);
    payload = payload.subspan(length);
    result.pages.resize(payload.size() / sizeof(PageName));
    if (!payload.empty())
        std::memcpy(result.pages.data(), payload.data(), payload.size());
    return result;
}

} // namespace inglenook
