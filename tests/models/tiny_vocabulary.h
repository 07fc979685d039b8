#pragma once

#include "inference/model_files/metadata.h"

namespace inglenook::tests {

inline constexpr int kTinyBos = 1;
inline constexpr int kTinyEnd = 2; // "<|end|>" ends a reply
inline constexpr int kTinyUser = 3; // "<|user|>"
inline constexpr int kTinyAssistant = 4; // "<|assistant|>"
inline constexpr int kFirstByteToken = 6; // the 256 bytes follow each other
inline constexpr int kFirstOrdinaryToken = kFirstByteToken + 256;

[[nodiscard]] int tinyVocabularySize();

/// Writes a SentencePiece-type vocabulary (six control tokens, all bytes, some words) and a chat
/// template that uses its control tokens.
void describeTinyVocabulary(Metadata& metadata);

} // namespace inglenook::tests
