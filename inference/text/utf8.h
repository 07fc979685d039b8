#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inglenook {

/// What stands at the start of some bytes.
struct Utf8Step {
    enum class Kind {
        Whole, // a character
        Broken, // bytes that can never become one (a maximal subpart)
        Unfinished // the beginning of one; the bytes end too early
    };
    Kind kind = Kind::Whole;
    int length = 0; // bytes, 1 to 4
    char32_t character = 0; // of a whole one
};

/// Looks at the first character. `bytes` is not empty.
[[nodiscard]] Utf8Step stepUtf8(std::string_view bytes);

/// Appends a character, which is a Unicode scalar value.
void appendUtf8(std::string& text, char32_t character);

inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd"; // U+FFFD

} // namespace inglenook
