#pragma once

#include "inference/messages.h"
#include "storage/records.h"

#include <QString>

namespace inglenook {

/// "18.2 tokens/s · first token 43 ms · 120 reused · guessed 40 of 52 · cpu"; "" while unknown.
[[nodiscard]] QString statusText(const ReplyFigures& figures);

/// Why a reply ended, where it is worth saying; "" if it came to its own end.
[[nodiscard]] QString describeEnd(StopReason reason);

/// What is said where the model did not read so many messages of a conversation; "" for none.
[[nodiscard]] QString describeLeftOut(int messages);

/// A short title from what a conversation begins with.
[[nodiscard]] QString titleFrom(const QString& text);

[[nodiscard]] ReplyFigures toFigures(const ReplyStats& stats);

} // namespace inglenook
