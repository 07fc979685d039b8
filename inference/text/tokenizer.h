#pragma once

#include "inference/model_files/metadata.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

using Token = int32_t;

/// Text to tokens and back, as the vocabulary in a model file says. Const after construction; any
/// thread.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// Encodes text without BOS or EOS. With `special`, control tokens written in the text
    /// ("<|end|>") become their ids; without, they are plain text (what users type is never
    /// special). Invalid UTF-8 is read as U+FFFD.
    [[nodiscard]] virtual std::vector<Token> encode(std::string_view text, bool special) const = 0;

    /// The bytes that a token stands for; a single token may be part of a character. Control tokens
    /// give "". With `special` they give their name. Leading spaces are kept: see decode().
    [[nodiscard]] virtual std::string bytes(Token token, bool special = false) const = 0;

    /// The text of a whole list (the space that encode() adds in front is taken away again).
    [[nodiscard]] virtual std::string decode(std::span<const Token> tokens,
                                             bool special = false) const = 0;

    [[nodiscard]] virtual int size() const = 0;
    [[nodiscard]] virtual const std::string& piece(Token token) const = 0; // as in the file
    [[nodiscard]] virtual Token bos() const = 0; // -1: none
    [[nodiscard]] virtual Token eos() const = 0; // -1: none
    [[nodiscard]] virtual bool addsBos() const = 0; // a prompt begins with BOS
    /// Whether a reply ends with this token: eos, eot and their like.
    [[nodiscard]] virtual bool endsReply(Token token) const = 0;
};

/// Builds the tokenizer that the metadata describe ("tokenizer.ggml.*"). Wrong ids, missing tables
/// and unknown kinds are refused with a sentence (std::runtime_error).
[[nodiscard]] std::unique_ptr<Tokenizer> createTokenizer(const Metadata& metadata);

} // namespace inglenook
