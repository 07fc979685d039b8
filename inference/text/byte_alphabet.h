#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace inglenook {

/// Byte-level vocabularies write every byte as one printable character: those that are printable in
/// Latin-1 as themselves, the other 68 as U+0100 onwards, in order.
[[nodiscard]] const std::array<char32_t, 256>& byteAlphabet();

/// The bytes that a piece stands for; nothing if it has characters outside the alphabet.
[[nodiscard]] std::optional<std::string> bytesOfPiece(std::string_view piece);

} // namespace inglenook
