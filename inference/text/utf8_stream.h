#pragma once

#include <string>
#include <string_view>

namespace inglenook {

/// Turns pieces of bytes into whole UTF-8 characters: an unfinished character is held back until
/// its other bytes come; what can never become one is U+FFFD, by the maximal-subpart rule (Unicode
/// 15, section 3.9).
class Utf8Stream {
public:
    /// The characters that are complete now.
    [[nodiscard]] std::string push(std::string_view bytes);
    /// At the end: U+FFFD if an unfinished character was left, else "".
    [[nodiscard]] std::string finish();

private:
    std::string m_pending;
};

/// The whole text, repaired.
[[nodiscard]] std::string validUtf8(std::string_view text);

} // namespace inglenook
