#include "inference/text/vocabulary.h"

#include <array>
#include <stdexcept>

namespace inglenook {

namespace {

constexpr size_t kMostPieceBytes = 4096;

/// Pieces that end a turn in the formats of the known families.
constexpr std::array<std::string_view, 14> kEnds = {
    "<|im_end|>", "<|eot_id|>",      "<|eom_id|>",      "<|end|>",           "<end_of_turn>",
    "<turn|>",    "<|endoftext|>",   "<|end_of_text|>", "<|EOT|>",           "<EOT>",
    "<|eot|>",    "<|end_of_turn|>", "<|end_of_role|>", "<end_of_utterance>"};

[[noreturn]] void refuse(const std::string& reason)
{
    throw std::runtime_error("The model's vocabulary cannot be used: " + reason + ".");
}

} // namespace

Vocabulary::Vocabulary(const Metadata& metadata)
{
    const auto* pieces = metadata.texts("tokenizer.ggml.tokens");
    if (!pieces || pieces->empty())
        refuse("the file lists no tokens");
    m_pieces = *pieces;
    m_ids.reserve(m_pieces.size());
    for (size_t i = 0; i < m_pieces.size(); ++i) {
        if (m_pieces[i].size() > kMostPieceBytes)
            refuse("token " + std::to_string(i) + " has " + std::to_string(m_pieces[i].size()) +
                   " bytes");
        m_ids.emplace(m_pieces[i], static_cast<Token>(i));
    }
    readKinds(metadata);
    m_bos = readToken(metadata, "tokenizer.ggml.bos_token_id");
    m_eos = readToken(metadata, "tokenizer.ggml.eos_token_id");
    m_unknown = readToken(metadata, "tokenizer.ggml.unknown_token_id");
    markEnds(metadata);
}

void Vocabulary::readKinds(const Metadata& metadata)
{
    m_kinds.assign(m_pieces.size(), PieceKind::Normal);
    const auto* kinds = metadata.integers("tokenizer.ggml.token_type");
    if (!kinds)
        return;
    if (kinds->size() != m_pieces.size())
        refuse("it has " + std::to_string(m_pieces.size()) + " tokens, but kinds for " +
               std::to_string(kinds->size()));
    for (size_t i = 0; i < kinds->size(); ++i) {
        const int64_t kind = (*kinds)[i];
        if (kind < 0 || kind > static_cast<int64_t>(PieceKind::Byte))
            refuse("token " + std::to_string(i) + " is of the unknown kind " +
                   std::to_string(kind));
        m_kinds[i] = static_cast<PieceKind>(kind);
    }
}

Token Vocabulary::readToken(const Metadata& metadata, const char* key) const
{
    return static_cast<Token>(metadata.integer(key, 0, size() - 1).value_or(-1));
}

void Vocabulary::markEnds(const Metadata& metadata)
{
    m_ends.assign(m_pieces.size(), false);
    const auto mark = [&](Token token) {
        if (token >= 0)
            m_ends[static_cast<size_t>(token)] = true;
    };
    mark(m_eos);
    mark(readToken(metadata, "tokenizer.ggml.eot_token_id"));
    mark(readToken(metadata, "tokenizer.ggml.eom_token_id"));
    for (const std::string_view end : kEnds)
        mark(find(end));
}

const std::string& Vocabulary::piece(Token token) const
{
    if (token < 0 || token >= size())
        throw std::out_of_range("The token " + std::to_string(token) + " is not one of the " +
                                std::to_string(size()) + " tokens of this model.");
    return m_pieces[static_cast<size_t>(token)];
}

PieceKind Vocabulary::kind(Token token) const
{
    (void)piece(token);
    return m_kinds[static_cast<size_t>(token)];
}

Token Vocabulary::find(std::string_view piece) const
{
    const auto found = m_ids.find(piece);
    return found == m_ids.end() ? -1 : found->second;
}

bool Vocabulary::endsReply(Token token) const
{
    return token >= 0 && token < size() && m_ends[static_cast<size_t>(token)];
}

} // namespace inglenook
