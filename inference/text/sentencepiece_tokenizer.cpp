#include "inference/text/sentencepiece_tokenizer.h"

#include "inference/text/sentencepiece_model.h"
#include "inference/text/utf8.h"
#include "inference/text/utf8_stream.h"

#include <sentencepiece_processor.h>

#include <stdexcept>

namespace inglenook {

namespace {

constexpr std::string_view kSpaceMark = "\xe2\x96\x81"; // U+2581
constexpr char32_t kSpaceMarkCharacter = 0x2581;

// Long texts are handed to the library in pieces of about this size, cut where nothing can merge.
constexpr size_t kChunkBytes = 4096;

// The library takes some 240 bytes of memory per byte of a chunk. A text without any place to cut
// for so long is no language; it is cut anyhow, though a merge might have reached over the cut.
constexpr size_t kMostChunkBytes = size_t{64} << 10;

uint64_t pairOf(char32_t left, char32_t right)
{
    return uint64_t{left} << 32 | right;
}

/// As the library sees it.
char32_t shown(char32_t character)
{
    return character == ' ' ? kSpaceMarkCharacter : character;
}

std::string withSpaces(std::string_view piece)
{
    std::string text;
    for (size_t place = 0; place < piece.size();) {
        if (piece.substr(place).starts_with(kSpaceMark)) {
            text += ' ';
            place += kSpaceMark.size();
        } else {
            text += piece[place++];
        }
    }
    return text;
}

/// The byte of a piece like "<0x0A>", which the vocabulary was checked to be.
char byteOf(const std::string& piece)
{
    return static_cast<char>(std::stoi(piece.substr(3, 2), nullptr, 16));
}

[[noreturn]] void refuse(const std::string& reason)
{
    throw std::runtime_error("The model's vocabulary cannot be used: " + reason + ".");
}

} // namespace

SentencepieceTokenizer::SentencepieceTokenizer(const Metadata& metadata)
    : m_vocabulary(metadata)
    , m_splitter(m_vocabulary, kSpaceMark)
    , m_addsBos(metadata.boolean("tokenizer.ggml.add_bos_token").value_or(true))
    , m_addsSpace(metadata.boolean("tokenizer.ggml.add_space_prefix").value_or(true))
    , m_library(std::make_unique<sentencepiece::SentencePieceProcessor>())
{
    const auto status =
        m_library->LoadFromSerializedProto(sentencepieceModel(m_vocabulary, metadata));
    if (!status.ok())
        refuse("the sentencepiece library says: " + validUtf8(status.message()));
    if (m_library->GetPieceSize() != m_vocabulary.size())
        refuse("the sentencepiece library reads another number of tokens");
    collectNeighbours();
}

SentencepieceTokenizer::~SentencepieceTokenizer() = default;

void SentencepieceTokenizer::collectNeighbours()
{
    for (Token token = 0; token < size(); ++token) {
        std::string_view rest = piece(token);
        char32_t left = 0;
        for (bool first = true; !rest.empty(); first = false) {
            const Utf8Step step = stepUtf8(rest);
            const char32_t right = shown(step.character);
            if (!first)
                m_neighbours.insert(pairOf(left, right));
            left = right;
            rest.remove_prefix(static_cast<size_t>(step.length));
        }
    }
}

size_t SentencepieceTokenizer::chunkLength(std::string_view text) const
{
    char32_t left = 0;
    for (size_t place = 0; place < text.size();) {
        const Utf8Step step = stepUtf8(text.substr(place));
        const char32_t right = shown(step.character);
        const bool mayCut = !m_neighbours.contains(pairOf(left, right));
        if (place >= kMostChunkBytes || (place >= kChunkBytes && mayCut))
            return place;
        left = right;
        place += static_cast<size_t>(step.length);
    }
    return text.size();
}

void SentencepieceTokenizer::encodeChunk(std::string_view text, std::vector<Token>& tokens) const
{
    std::vector<int> ids;
    const auto status = m_library->Encode(text, &ids);
    if (!status.ok())
        throw std::runtime_error(
            "A text of " + std::to_string(text.size()) +
            " bytes could not be turned into tokens: " + validUtf8(status.message()) + ".");
    tokens.insert(tokens.end(), ids.begin(), ids.end());
}

void SentencepieceTokenizer::encodePlain(std::string_view text, std::vector<Token>& tokens) const
{
    std::string valid = m_addsSpace ? " " : "";
    valid += validUtf8(text);
    for (std::string_view rest = valid; !rest.empty();) {
        const size_t length = chunkLength(rest);
        encodeChunk(rest.substr(0, length), tokens);
        rest.remove_prefix(length);
    }
}

std::vector<Token> SentencepieceTokenizer::encode(std::string_view text, bool special) const
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

std::string SentencepieceTokenizer::bytes(Token token, bool special) const
{
    switch (m_vocabulary.kind(token)) {
    case PieceKind::Control:
    case PieceKind::Unknown:
        return special ? piece(token) : std::string();
    case PieceKind::Byte:
        return std::string(1, byteOf(piece(token)));
    default:
        return withSpaces(piece(token));
    }
}

std::string SentencepieceTokenizer::decode(std::span<const Token> tokens, bool special) const
{
    std::string text;
    bool starts = true; // a text that encode() has put a space in front of
    for (const Token token : tokens) {
        const std::string next = bytes(token, special);
        const PieceKind kind = m_vocabulary.kind(token);
        const bool written = kind != PieceKind::Control && kind != PieceKind::Unknown &&
            kind != PieceKind::UserDefined;
        text += std::string_view(next).substr(
            written && starts && m_addsSpace && next.starts_with(' ') ? 1 : 0);
        starts = !written;
    }
    return text;
}

} // namespace inglenook
