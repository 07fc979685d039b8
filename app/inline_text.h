#pragma once

#include <QString>

namespace inglenook {

enum class TextEnd {
    Closed, // the text is complete
    Growing // more may follow: a mark that is open is hidden, as it will be once it is closed
};

/// The words of a piece of Markdown without its inline marks: emphasis, code, links (their address
/// follows in brackets), escapes. Linear in the length of the text.
[[nodiscard]] QString inlineText(QStringView markdown, TextEnd end);

/// The text without characters that make it look like another one: direction overrides and
/// invisible tags.
[[nodiscard]] QString withoutDisguise(const QString& text);

} // namespace inglenook
