#include "inference/model/draft_pairing.h"

#include "inference/architectures/architecture.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <xxhash.h>

namespace inglenook {

namespace {

namespace fs = std::filesystem;

/// A draft that is found, not asked for, is so many times smaller: one of half the size would cost
/// what it gains.
constexpr uint64_t kTimesSmaller = 3;

/// More files than this in a folder are not all looked at.
constexpr size_t kMostCandidates = 32;

void append(std::string& text, const std::string& piece)
{
    text += std::to_string(piece.size()) + ":" + piece;
}

} // namespace

uint64_t vocabularyHash(const Metadata& metadata)
{
    std::string text;
    append(text, metadata.text("tokenizer.ggml.model").value_or(""));
    for (const char* key : {"tokenizer.ggml.tokens", "tokenizer.ggml.merges"}) {
        text += "\n";
        if (const auto* pieces = metadata.texts(key))
            for (const std::string& piece : *pieces)
                append(text, piece);
    }
    text += "\n";
    if (const auto* kinds = metadata.integers("tokenizer.ggml.token_type"))
        for (const int64_t kind : *kinds)
            text += static_cast<char>(kind);
    for (const char* meaning : {"bos", "eos", "eot", "unknown"}) {
        const std::string key = std::string("tokenizer.ggml.") + meaning + "_token_id";
        text += "\n" + std::to_string(metadata.integer(key, -1, INT32_MAX).value_or(-1));
    }
    return XXH3_64bits(text.data(), text.size());
}

std::string modelName(const ModelFile& file)
{
    const std::string name = file.metadata().text("general.name").value_or("");
    return name.empty() ? fs::path(file.path()).stem().string() : name;
}

DraftPairing::DraftPairing(const ModelFile& model, const std::string& wish)
    : m_model(model)
    , m_asked(wish != "auto")
{
    if (wish == "auto")
        findCandidates();
    else if (wish != "none")
        m_candidates.push_back(wish);
    if (!m_candidates.empty())
        m_vocabulary = vocabularyHash(model.metadata());
}

/// Folders that cannot be read hold no candidates.
void DraftPairing::findCandidates()
{
    std::vector<std::pair<uint64_t, std::string>> sized;
    std::error_code ignored;
    const fs::path folder = fs::path(m_model.path()).parent_path();
    for (const fs::directory_entry& entry :
         fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
        const bool gguf = entry.path().extension() == ".gguf" && entry.is_regular_file(ignored);
        const uint64_t bytes = gguf ? entry.file_size(ignored) : 0;
        if (bytes > 0 && bytes <= m_model.fileBytes() / kTimesSmaller)
            sized.emplace_back(bytes, entry.path().string());
    }
    std::ranges::sort(sized);
    for (const auto& [bytes, path] : sized)
        m_candidates.push_back(path);
    m_candidates.resize(std::min(m_candidates.size(), kMostCandidates));
}

void DraftPairing::advance()
{
    const std::string& path = m_candidates[m_next++];
    try {
        std::unique_ptr<ModelFile> file = openModelFile(path);
        const std::string pair =
            modelName(*file) + " cannot draft for " + modelName(m_model) + ": ";
        if (vocabularyHash(file->metadata()) != m_vocabulary)
            m_refusal = pair + "their vocabularies differ.";
        else if (file->fileBytes() >= m_model.fileBytes())
            m_refusal = pair + "it is not smaller.";
        else {
            static_cast<void>(readModelSpec(*file));
            m_found = std::move(file);
        }
    } catch (const std::runtime_error& error) {
        m_refusal = error.what();
    }
    if (m_found)
        m_next = m_candidates.size();
    if (m_found || !m_asked)
        m_refusal.clear();
}

} // namespace inglenook
