#pragma once

#include "inference/text/tokenizer.h"

#include <unordered_map>

namespace inglenook {

/// What a piece of a vocabulary is, by its number in the file.
enum class PieceKind : uint8_t {
    Undefined = 0,
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6
};

/// The table of pieces that every kind of tokenizer has, and the tokens with a meaning. Const after
/// construction; any thread.
class Vocabulary {
public:
    /// Throws std::runtime_error with a sentence if lists and ids do not fit together.
    explicit Vocabulary(const Metadata& metadata);
    // m_ids looks into m_pieces.
    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;

    [[nodiscard]] int size() const { return static_cast<int>(m_pieces.size()); }
    /// Throws std::out_of_range for a token that does not exist.
    [[nodiscard]] const std::string& piece(Token token) const;
    [[nodiscard]] PieceKind kind(Token token) const;
    /// -1 if no piece is written so; the first one if several are.
    [[nodiscard]] Token find(std::string_view piece) const;

    [[nodiscard]] Token bos() const { return m_bos; }
    [[nodiscard]] Token eos() const { return m_eos; }
    [[nodiscard]] Token unknown() const { return m_unknown; }
    [[nodiscard]] bool endsReply(Token token) const;

private:
    void readKinds(const Metadata& metadata);
    [[nodiscard]] Token readToken(const Metadata& metadata, const char* key) const;
    void markEnds(const Metadata& metadata);

    std::vector<std::string> m_pieces;
    std::vector<PieceKind> m_kinds;
    std::unordered_map<std::string_view, Token> m_ids;
    std::vector<bool> m_ends;
    Token m_bos = -1;
    Token m_eos = -1;
    Token m_unknown = -1;
};

} // namespace inglenook
