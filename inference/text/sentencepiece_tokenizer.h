#pragma once

#include "inference/text/special_splitter.h"

#include <unordered_set>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace inglenook {

/// A vocabulary of the Llama 2 and Gemma kind: BPE over characters with scores, spaces written as
/// U+2581, unknown characters spelled in bytes. The merging is done by the sentencepiece library.
class SentencepieceTokenizer final : public Tokenizer {
public:
    explicit SentencepieceTokenizer(const Metadata& metadata);
    ~SentencepieceTokenizer() override;

    [[nodiscard]] std::vector<Token> encode(std::string_view text, bool special) const override;
    [[nodiscard]] std::string bytes(Token token, bool special) const override;
    [[nodiscard]] std::string decode(std::span<const Token> tokens, bool special) const override;

    [[nodiscard]] int size() const override { return m_vocabulary.size(); }
    [[nodiscard]] const std::string& piece(Token token) const override
    {
        return m_vocabulary.piece(token);
    }
    [[nodiscard]] Token bos() const override { return m_vocabulary.bos(); }
    [[nodiscard]] Token eos() const override { return m_vocabulary.eos(); }
    [[nodiscard]] bool addsBos() const override { return m_addsBos; }
    [[nodiscard]] bool endsReply(Token token) const override
    {
        return m_vocabulary.endsReply(token);
    }

private:
    void collectNeighbours();
    void encodePlain(std::string_view text, std::vector<Token>& tokens) const;
    void encodeChunk(std::string_view text, std::vector<Token>& tokens) const;
    [[nodiscard]] size_t chunkLength(std::string_view text) const;

    Vocabulary m_vocabulary;
    SpecialSplitter m_splitter;
    bool m_addsBos = true;
    bool m_addsSpace = true; // in front of every text
    /// Pairs of characters that stand side by side in some piece. No merge reaches over another
    /// pair.
    std::unordered_set<uint64_t> m_neighbours;
    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_library;
};

} // namespace inglenook
