#include "inference/text/byte_bpe_tokenizer.h"

#include "inference/text/byte_alphabet.h"
#include "inference/text/utf8.h"
#include "inference/text/utf8_stream.h"

namespace inglenook {

namespace {

// Words come again and again within a text: remembering their tokens spares most of the merging.
constexpr size_t kMostRememberedBytes = 32;
constexpr size_t kMostRememberedWords = 65'536;

// A longer word is no language; merging it in parts keeps time and memory in proportion.
constexpr size_t kMostWordBytes = size_t{64} << 10;

/// Where the tokens of a word stand in what was encoded so far.
struct Remembered {
    size_t first;
    size_t count;
};

} // namespace

ByteBpeTokenizer::ByteBpeTokenizer(const Metadata& metadata)
    : m_vocabulary(metadata)
    , m_splitter(m_vocabulary, "")
    , m_rules(preTokenizerRules(metadata.text("tokenizer.ggml.pre").value_or("default")))
    , m_preTokenizer(m_rules)
    , m_merges(metadata, m_vocabulary)
    , m_addsBos(metadata.boolean("tokenizer.ggml.add_bos_token").value_or(m_rules.addsBos))
{
    for (const char32_t character : byteAlphabet()) {
        std::string name;
        appendUtf8(name, character);
        m_byteTokens.push_back(m_vocabulary.find(name));
    }
    m_bytes.reserve(static_cast<size_t>(size()));
    for (Token token = 0; token < size(); ++token) {
        const bool written = m_vocabulary.kind(token) == PieceKind::Normal;
        m_bytes.push_back(written ? bytesOfPiece(piece(token)).value_or(piece(token))
                                  : piece(token));
        if (written && m_rules.wholeWordsFirst)
            m_words.emplace(m_bytes.back(), token);
    }
}

void ByteBpeTokenizer::encodeWord(std::string_view word, std::vector<Token>& tokens) const
{
    if (const auto whole = m_words.find(word); whole != m_words.end()) {
        tokens.push_back(whole->second);
        return;
    }
    for (size_t place = 0; place < word.size(); place += kMostWordBytes)
        mergeBytes(word.substr(place, kMostWordBytes), tokens);
}

void ByteBpeTokenizer::mergeBytes(std::string_view bytes, std::vector<Token>& tokens) const
{
    std::vector<Token> parts;
    parts.reserve(bytes.size());
    for (const char byte : bytes) {
        // Bytes without a token cannot be said in this vocabulary.
        const Token token = m_byteTokens[static_cast<unsigned char>(byte)];
        if (token >= 0)
            parts.push_back(token);
    }
    m_merges.apply(parts);
    tokens.insert(tokens.end(), parts.begin(), parts.end());
}

void ByteBpeTokenizer::encodePlain(std::string_view text, std::vector<Token>& tokens) const
{
    const std::string valid = validUtf8(text);
    std::unordered_map<std::string_view, Remembered> remembered;
    for (const std::string_view word : m_preTokenizer.split(valid)) {
        if (const auto known = remembered.find(word); known != remembered.end()) {
            for (size_t i = 0; i < known->second.count; ++i)
                tokens.push_back(tokens[known->second.first + i]);
            continue;
        }
        const size_t first = tokens.size();
        encodeWord(word, tokens);
        if (word.size() <= kMostRememberedBytes && remembered.size() < kMostRememberedWords)
            remembered.emplace(word, Remembered{.first = first, .count = tokens.size() - first});
    }
}

std::vector<Token> ByteBpeTokenizer::encode(std::string_view text, bool special) const
{
    std::vector<Token> tokens;
    for (const SpecialSplitter::Part& part : m_splitter.split(text, special)) {
        if (part.token >= 0)
            tokens.push_back(part.token);
        else
            encodePlain(part.text, tokens);
    }
    return tokens;
}

std::string ByteBpeTokenizer::bytes(Token token, bool special) const
{
    const PieceKind kind = m_vocabulary.kind(token);
    const bool silent = kind == PieceKind::Control || kind == PieceKind::Unknown;
    return silent && !special ? std::string() : m_bytes[static_cast<size_t>(token)];
}

std::string ByteBpeTokenizer::decode(std::span<const Token> tokens, bool special) const
{
    std::string text;
    for (const Token token : tokens)
        text += bytes(token, special);
    return text;
}

} // namespace inglenook
