#pragma once

#include "inference/model_files/model_file.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace inglenook {

/// A hash of what token numbers mean: pieces, their kinds, merges and the tokens with a meaning.
/// Two models with the same can guess for each other.
[[nodiscard]] uint64_t vocabularyHash(const Metadata& metadata);

/// What a model file calls itself, else the file's name.
[[nodiscard]] std::string modelName(const ModelFile& file);

/// Finds the model that guesses for another one (speculative decoding): the file that was asked
/// for, or the smallest suitable one in the same folder.
class DraftPairing {
public:
    /// `wish` is a path, "auto" or "none". The model outlives this.
    DraftPairing(const ModelFile& model, const std::string& wish);

    /// Looks at one file.
    void advance();
    [[nodiscard]] bool finished() const { return m_next == m_candidates.size(); }

    /// The one that was found; null: none.
    [[nodiscard]] const std::unique_ptr<ModelFile>& found() const { return m_found; }
    /// Why the file that was asked for cannot guess, for the user; "".
    [[nodiscard]] const std::string& refusal() const { return m_refusal; }

private:
    void findCandidates();

    const ModelFile& m_model;
    bool m_asked; // for a certain file
    uint64_t m_vocabulary = 0; // of the model
    std::vector<std::string> m_candidates; // the smallest first
    size_t m_next = 0;
    std::unique_ptr<ModelFile> m_found;
    std::string m_refusal;
};

} // namespace inglenook
