#include "inference/text/special_splitter.h"

namespace inglenook {

namespace {

// Looking for a piece costs its length at every place of a text.
constexpr size_t kMostBytes = 256;

uint64_t edge(int node, char byte)
{
    return static_cast<uint64_t>(node) << 8 | static_cast<unsigned char>(byte);
}

} // namespace

SpecialSplitter::SpecialSplitter(const Vocabulary& vocabulary, std::string_view foreign)
    : m_nodes(1)
    , m_starts(256, false)
{
    for (Token token = 0; token < vocabulary.size(); ++token) {
        const std::string& piece = vocabulary.piece(token);
        if (piece.empty() || piece.size() > kMostBytes)
            continue;
        switch (vocabulary.kind(token)) {
        case PieceKind::UserDefined:
            if (foreign.empty() || piece.find(foreign) == std::string::npos)
                add(piece, token, true);
            break;
        case PieceKind::Control:
        case PieceKind::Unknown:
            add(piece, token, false);
            break;
        default:
            break;
        }
    }
}

void SpecialSplitter::add(std::string_view piece, Token token, bool always)
{
    int node = 0;
    for (const char byte : piece) {
        const auto [found, isNew] =
            m_edges.emplace(edge(node, byte), static_cast<int>(m_nodes.size()));
        if (isNew)
            m_nodes.emplace_back();
        node = found->second;
    }
    Node& end = m_nodes[static_cast<size_t>(node)];
    if (end.special < 0)
        end.special = token;
    if (always && end.always < 0)
        end.always = token;
    m_starts[static_cast<unsigned char>(piece.front())] = true;
}

int SpecialSplitter::next(int node, char byte) const
{
    const auto found = m_edges.find(edge(node, byte));
    return found == m_edges.end() ? -1 : found->second;
}

SpecialSplitter::Match SpecialSplitter::longestAt(std::string_view text, bool special) const
{
    Match longest;
    int node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        node = next(node, text[i]);
        if (node < 0)
            break;
        const Node& reached = m_nodes[static_cast<size_t>(node)];
        const Token token = special ? reached.special : reached.always;
        if (token >= 0)
            longest = {.length = i + 1, .token = token};
    }
    return longest;
}

std::vector<SpecialSplitter::Part> SpecialSplitter::split(std::string_view text, bool special) const
{
    std::vector<Part> parts;
    size_t plain = 0; // where the text before the next token begins
    size_t place = 0;
    const auto flush = [&] {
        if (place > plain)
            parts.push_back({.text = text.substr(plain, place - plain)});
    };
    while (place < text.size()) {
        const bool possible = m_starts[static_cast<unsigned char>(text[place])];
        const Match match = possible ? longestAt(text.substr(place), special) : Match();
        if (match.token < 0) {
            ++place;
            continue;
        }
        flush();
        parts.push_back({.text = {}, .token = match.token});
        place += match.length;
        plain = place;
    }
    flush();
    return parts;
}

} // namespace inglenook
