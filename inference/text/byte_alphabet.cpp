#include "inference/text/byte_alphabet.h"

#include "inference/text/utf8.h"

namespace inglenook {

namespace {

constexpr bool isPrintable(int byte)
{
    return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
}

constexpr std::array<char32_t, 256> makeAlphabet()
{
    std::array<char32_t, 256> alphabet{};
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte)
        alphabet[static_cast<size_t>(byte)] =
            isPrintable(byte) ? static_cast<char32_t>(byte) : next++;
    return alphabet;
}

constexpr std::array<char32_t, 256> kAlphabet = makeAlphabet();
constexpr size_t kCharacters = 0x100 + 68;

constexpr std::array<int, kCharacters> makeBytes()
{
    std::array<int, kCharacters> bytes{};
    bytes.fill(-1);
    for (int byte = 0; byte < 256; ++byte)
        bytes[kAlphabet[static_cast<size_t>(byte)]] = byte;
    return bytes;
}

constexpr std::array<int, kCharacters> kBytes = makeBytes();

} // namespace

const std::array<char32_t, 256>& byteAlphabet()
{
    return kAlphabet;
}

std::optional<std::string> bytesOfPiece(std::string_view piece)
{
    std::string bytes;
    while (!piece.empty()) {
        const Utf8Step step = stepUtf8(piece);
        if (step.kind != Utf8Step::Kind::Whole || step.character >= kCharacters ||
            kBytes[step.character] < 0)
            return std::nullopt;
        bytes += static_cast<char>(kBytes[step.character]);
        piece.remove_prefix(static_cast<size_t>(step.length));
    }
    return bytes;
}

} // namespace inglenook
