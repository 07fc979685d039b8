#include "inference/text/utf8.h"

namespace inglenook {

namespace {

/// What the first byte says (Unicode 15, table 3-7).
struct Lead {
    int length; // 0: no character starts so
    unsigned least; // of the second byte
    unsigned most;
};

Lead leadOf(unsigned byte)
{
    if (byte < 0x80)
        return {1, 0, 0};
    if (byte < 0xc2)
        return {0, 0, 0};
    if (byte < 0xe0)
        return {2, 0x80, 0xbf};
    if (byte < 0xf0)
        return {3, byte == 0xe0 ? 0xa0u : 0x80u, byte == 0xed ? 0x9fu : 0xbfu};
    if (byte < 0xf5)
        return {4, byte == 0xf0 ? 0x90u : 0x80u, byte == 0xf4 ? 0x8fu : 0xbfu};
    return {0, 0, 0};
}

unsigned byteAt(std::string_view bytes, int index)
{
    return static_cast<unsigned char>(bytes[static_cast<size_t>(index)]);
}

} // namespace

Utf8Step stepUtf8(std::string_view bytes)
{
    const unsigned first = byteAt(bytes, 0);
    const Lead lead = leadOf(first);
    if (lead.length <= 1)
        return {lead.length == 1 ? Utf8Step::Kind::Whole : Utf8Step::Kind::Broken, 1, first};
    char32_t character = first & (0x7fu >> lead.length);
    for (int i = 1; i < lead.length; ++i) {
        if (static_cast<size_t>(i) == bytes.size())
            return {Utf8Step::Kind::Unfinished, i, 0};
        const unsigned byte = byteAt(bytes, i);
        const unsigned least = i == 1 ? lead.least : 0x80u;
        const unsigned most = i == 1 ? lead.most : 0xbfu;
        if (byte < least || byte > most)
            return {Utf8Step::Kind::Broken, i, 0};
        character = character << 6 | (byte & 0x3fu);
    }
    return {Utf8Step::Kind::Whole, lead.length, character};
}

void appendUtf8(std::string& text, char32_t character)
{
    const auto append = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (character < 0x80) {
        append(character);
    } else if (character < 0x800) {
        append(0xc0 | character >> 6);
        append(0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        append(0xe0 | character >> 12);
        append(0x80 | (character >> 6 & 0x3f));
        append(0x80 | (character & 0x3f));
    } else {
        append(0xf0 | character >> 18);
        append(0x80 | (character >> 12 & 0x3f));
        append(0x80 | (character >> 6 & 0x3f));
        append(0x80 | (character & 0x3f));
    }
}

} // namespace inglenook
