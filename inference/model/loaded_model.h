#pragma once

#include "inference/memory/page_pool.h"
#include "inference/messages.h"
#include "inference/model/decoder.h"
#include "inference/text/chat_template.h"
#include "inference/text/tokenizer.h"

#include <memory>
#include <optional>

namespace inglenook {

/// A model on a device, ready to compute: everything that lives as long as it is loaded. One
/// thread.
struct LoadedModel {
    std::unique_ptr<ModelFile> file;
    ModelSpec spec;
    std::unique_ptr<Tokenizer> tokenizer;
    std::optional<ChatTemplate> chatTemplate; // none: the file has none
    std::unique_ptr<Backend>
        backend; // declared before, so destroyed after, all that holds its memory
    Weights weights;
    std::unique_ptr<KvCache> cache;
    std::unique_ptr<Decoder> decoder;
    std::unique_ptr<PagePool> pages;
    ModelLoaded facts; // what the application is told

    [[nodiscard]] int slots() const { return cache->slots(); }
};

/// Loads a model in bounded units of work, so that the caller can answer other requests in between
/// and give up by destroying it.
class ModelLoading {
public:
    explicit ModelLoading(const LoadRequest& request);
    ~ModelLoading();
    ModelLoading(const ModelLoading&) = delete;
    ModelLoading& operator=(const ModelLoading&) = delete;

    /// Does one unit: opens the file, builds the tokenizer, plans the memory, or loads one array.
    /// Throws std::runtime_error with a sentence; then nothing is left but to destroy it.
    void advance();
    [[nodiscard]] bool finished() const { return m_stage == Stage::Finished; }
    [[nodiscard]] float fraction() const;
    /// Call once, when finished.
    [[nodiscard]] std::unique_ptr<LoadedModel> take();

private:
    enum class Stage { File, Text, Plan, Weights, Cache, WarmUp, Finished };

    void readFile();
    void readText();
    void plan();
    void loadWeight();
    void makeCache();
    void warmUp();

    LoadRequest m_request;
    Stage m_stage = Stage::File;
    std::unique_ptr<LoadedModel> m_model;
    std::unique_ptr<WeightLoader> m_weights;
    StepLimits m_limits;
    int m_pages = 0;
    size_t m_warmUps = 0; // done
};

} // namespace inglenook
