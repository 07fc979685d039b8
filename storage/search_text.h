#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

/// The words of what a user typed into a search box.
[[nodiscard]] std::vector<std::string> searchWords(std::string_view text);

/// Whether a word is of a script that is written without spaces, so that an index of words does not
/// know its parts.
[[nodiscard]] bool isUnspaced(std::string_view word);

/// The query for the full-text index that finds texts with all the words, the last one as a
/// beginning. Whatever the words contain is text, not syntax.
[[nodiscard]] std::string indexQuery(const std::vector<std::string>& words);

/// The pattern for "like ... escape '\'" that finds a word anywhere.
[[nodiscard]] std::string likePattern(std::string_view word);

/// Some characters of a text around the first place where the word stands, on one line.
[[nodiscard]] std::string snippetAround(const std::string& text, std::string_view word);

} // namespace inglenook
