#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook::jinja {

// Texts as sequences of characters, the way the template language sees them.

[[nodiscard]] int64_t countCharacters(std::string_view text);
/// Each character as a view into the text.
[[nodiscard]] std::vector<std::string_view> charactersOf(std::string_view text);
/// White space as Python's str.strip() sees it.
[[nodiscard]] bool isSpace(char32_t character);

enum class Sides { Left, Right, Both };

/// Takes away white space, or the characters in `chars` if there are any.
[[nodiscard]] std::string_view stripped(std::string_view text, Sides sides,
                                        std::string_view chars = {});

[[nodiscard]] std::string upperCase(std::string_view text);
[[nodiscard]] std::string lowerCase(std::string_view text);
/// The first character of the text in upper case, the others in lower case.
[[nodiscard]] std::string capitalized(std::string_view text);
/// The same for every word.
[[nodiscard]] std::string titleCase(std::string_view text);

/// As std::string::find(), but in linear time whatever the texts are.
[[nodiscard]] size_t findText(std::string_view text, std::string_view part, size_t from);

[[nodiscard]] std::string replaced(std::string_view text, std::string_view from,
                                   std::string_view to, int64_t most); // most < 0: all

} // namespace inglenook::jinja
