#pragma once

#include "inference/text/vocabulary.h"

namespace inglenook {

/// Finds the tokens that are written out in a text ("<|end|>") before the text is encoded. At every
/// place the longest one wins. Const after construction; any thread.
class SpecialSplitter {
public:
    struct Part {
        std::string_view text; // plain text, if `token` is -1
        Token token = -1;
    };

    /// User-defined pieces that contain `foreign` are left to others; "" leaves none.
    SpecialSplitter(const Vocabulary& vocabulary, std::string_view foreign);

    /// With `special`, control tokens count; user-defined ones always do. The parts look into
    /// `text`.
    [[nodiscard]] std::vector<Part> split(std::string_view text, bool special) const;

private:
    struct Node {
        Token always = -1; // ends here
        Token special = -1;
    };

    struct Match {
        size_t length = 0;
        Token token = -1;
    };

    void add(std::string_view piece, Token token, bool always);
    [[nodiscard]] Match longestAt(std::string_view text, bool special) const;
    [[nodiscard]] int next(int node, char byte) const;

    std::vector<Node> m_nodes;
    std::unordered_map<uint64_t, int> m_edges; // node * 256 + byte
    std::vector<bool> m_starts; // by first byte
};

} // namespace inglenook
