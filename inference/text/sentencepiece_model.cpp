#include "inference/text/sentencepiece_model.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>

namespace inglenook {

namespace {

/// Protocol-buffer wire format: each field is a key (number and wire type), then its value.
class WireWriter {
public:
    void number(int field, uint64_t value)
    {
        key(field, 0);
        varint(value);
    }

    void real(int field, float value)
    {
        static_assert(std::endian::native == std::endian::little);
        key(field, 5);
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        m_bytes.append(bytes, sizeof value);
    }

    void text(int field, std::string_view value)
    {
        key(field, 2);
        varint(value.size());
        m_bytes += value;
    }

    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    void key(int field, unsigned wireType) { varint(static_cast<uint64_t>(field) << 3 | wireType); }

    void varint(uint64_t value)
    {
        for (; value >= 0x80; value >>= 7)
            m_bytes += static_cast<char>(value | 0x80);
        m_bytes += static_cast<char>(value);
    }

    std::string m_bytes;
};

// Field numbers of sentencepiece_model.proto.
constexpr int kPieces = 1, kPieceText = 1, kPieceScore = 2, kPieceType = 3;
constexpr int kTrainer = 2, kModelType = 3, kByteFallback = 35, kUnknownId = 40, kBosId = 41,
              kEosId = 42, kPadId = 43, kUnknownPiece = 45, kBosPiece = 46, kEosPiece = 47;
constexpr int kNormalizer = 3, kNormalizerName = 1, kAddDummyPrefix = 3, kRemoveSpaces = 4,
              kEscapeSpaces = 5;
constexpr uint64_t kBpe = 2;
constexpr uint64_t kNone = ~uint64_t{0}; // -1

constexpr int kByteValues = 256;

[[noreturn]] void refuse(const std::string& reason)
{
    throw std::runtime_error("The model's vocabulary cannot be used: " + reason + ".");
}

/// Whether unknown characters are spelled in bytes. All of them must be there, or none.
bool hasBytePieces(const Vocabulary& vocabulary)
{
    std::set<std::string_view> pieces;
    for (Token token = 0; token < vocabulary.size(); ++token)
        if (vocabulary.kind(token) == PieceKind::Byte)
            pieces.insert(vocabulary.piece(token));
    if (pieces.empty())
        return false;
    for (int value = 0; value < kByteValues; ++value) {
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        const std::string name{'<',
                               '0',
                               'x',
                               kDigits[static_cast<size_t>(value / 16)],
                               kDigits[static_cast<size_t>(value % 16)],
                               '>'};
        if (!pieces.contains(name))
            refuse("it has pieces for single bytes, but not \"" + name + "\"");
    }
    if (pieces.size() != kByteValues)
        refuse("it has more pieces for single bytes than there are bytes");
    return true;
}

/// The library wants exactly one unknown piece; files have none, one or dozens.
Token unknownPiece(const Vocabulary& vocabulary)
{
    if (vocabulary.unknown() >= 0)
        return vocabulary.unknown();
    for (Token token = 0; token < vocabulary.size(); ++token)
        if (vocabulary.kind(token) == PieceKind::Unknown)
            return token;
    return 0;
}

PieceKind kindFor(const Vocabulary& vocabulary, Token token, Token unknown)
{
    if (token == unknown)
        return PieceKind::Unknown;
    const PieceKind kind = vocabulary.kind(token);
    if (kind == PieceKind::Unknown)
        return PieceKind::Control;
    return kind == PieceKind::Undefined ? PieceKind::Normal : kind;
}

void writePieces(WireWriter& out, const Vocabulary& vocabulary, const std::vector<double>& scores,
                 Token unknown)
{
    for (Token token = 0; token < vocabulary.size(); ++token) {
        const auto score = static_cast<float>(scores[static_cast<size_t>(token)]);
        if (!std::isfinite(score))
            refuse("the score of token " + std::to_string(token) + " is not a number");
        const std::string& piece = vocabulary.piece(token);
        // The library refuses empty and repeated pieces. No text can spell a control piece, so
        // this hides them from it without moving the others.
        const bool hidden = piece.empty() || vocabulary.find(piece) != token;
        const PieceKind kind = kindFor(vocabulary, token, unknown);
        WireWriter entry;
        entry.text(kPieceText, hidden ? "<hidden " + std::to_string(token) + ">" : piece);
        entry.real(kPieceScore, score);
        entry.number(kPieceType,
                     static_cast<uint64_t>(hidden && token != unknown ? PieceKind::Control : kind));
        out.text(kPieces, entry.bytes());
    }
}

} // namespace

std::string sentencepieceModel(const Vocabulary& vocabulary, const Metadata& metadata)
{
    const auto* scores = metadata.numbers("tokenizer.ggml.scores");
    if (!scores || scores->size() != static_cast<size_t>(vocabulary.size()))
        refuse("it has " + std::to_string(vocabulary.size()) + " tokens, but scores for " +
               std::to_string(scores ? scores->size() : 0));
    const Token unknown = unknownPiece(vocabulary);
    const bool bytes = hasBytePieces(vocabulary);
    if (vocabulary.kind(unknown) == PieceKind::Byte)
        refuse("its unknown token is a byte");

    WireWriter model;
    writePieces(model, vocabulary, *scores, unknown);
    WireWriter trainer;
    trainer.number(kModelType, kBpe);
    trainer.number(kByteFallback, bytes ? 1 : 0);
    trainer.number(kUnknownId, static_cast<uint64_t>(unknown));
    trainer.text(kUnknownPiece, vocabulary.piece(unknown));
    trainer.number(kBosId, vocabulary.bos() < 0 ? kNone : static_cast<uint64_t>(vocabulary.bos()));
    trainer.number(kEosId, vocabulary.eos() < 0 ? kNone : static_cast<uint64_t>(vocabulary.eos()));
    trainer.number(kPadId, kNone);
    if (vocabulary.bos() >= 0)
        trainer.text(kBosPiece, vocabulary.piece(vocabulary.bos()));
    if (vocabulary.eos() >= 0)
        trainer.text(kEosPiece, vocabulary.piece(vocabulary.eos()));
    model.text(kTrainer, trainer.bytes());
    WireWriter normalizer;
    normalizer.text(kNormalizerName, "identity");
    normalizer.number(kAddDummyPrefix, 0);
    normalizer.number(kRemoveSpaces, 0);
    normalizer.number(kEscapeSpaces, 1);
    model.text(kNormalizer, normalizer.bytes());
    return model.bytes();
}

} // namespace inglenook
