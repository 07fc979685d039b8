#pragma once

#include "inference/text/bpe_merges.h"
#include "inference/text/pre_tokenizer.h"
#include "inference/text/special_splitter.h"

namespace inglenook {

/// A vocabulary of the GPT-2 kind: text is cut into words, and the bytes of each word are merged.
class ByteBpeTokenizer final : public Tokenizer {
public:
    explicit ByteBpeTokenizer(const Metadata& metadata);

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
    void encodePlain(std::string_view text, std::vector<Token>& tokens) const;
    void mergeBytes(std::string_view bytes, std::vector<Token>& tokens) const;
    void encodeWord(std::string_view word, std::vector<Token>& tokens) const;

    Vocabulary m_vocabulary;
    SpecialSplitter m_splitter;
    const PreTokenizerRules& m_rules;
    PreTokenizer m_preTokenizer;
    BpeMerges m_merges;
    bool m_addsBos;
    std::vector<Token> m_byteTokens; // by byte; -1: the vocabulary lacks it
    std::vector<std::string> m_bytes; // by token
    std::unordered_map<std::string_view, Token> m_words; // into m_bytes; if whole words go first
};

} // namespace inglenook
