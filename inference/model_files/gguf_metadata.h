#pragma once

#include "inference/model_files/byte_cursor.h"
#include "inference/model_files/metadata.h"

namespace inglenook {

/// A name from a file as it may be shown in a sentence: short, on one line, in quotes.
[[nodiscard]] std::string quotedName(std::string_view name);

/// Reads `count` named values at the cursor: checks all of them first, then builds them.
/// Throws FileFault.
[[nodiscard]] Metadata readGgufMetadata(ByteCursor& cursor, uint64_t count);

} // namespace inglenook
