#pragma once

#include "inference/memory/page_keeper.h"
#include "inference/memory/page_pool.h"
#include "inference/messages.h"
#include "inference/model/device_group.h"
#include "inference/model/draft_pairing.h"
#include "inference/model/figure_gathering.h"
#include "inference/model/open_device.h"
#include "inference/model/placement_plan.h"
#include "inference/text/chat_template.h"
#include "inference/text/tokenizer.h"

#include <memory>
#include <optional>

namespace inglenook {

/// A model on its devices, ready to compute: everything that lives as long as it is loaded. One
/// thread.
struct LoadedModel {
    std::unique_ptr<ModelFile> file;
    ModelSpec spec;
    std::unique_ptr<Tokenizer> tokenizer;
    std::optional<ChatTemplate> chatTemplate; // none: the file has none
    std::unique_ptr<DeviceGroup> group; // weights, cache and steps; refers to file and spec
    std::unique_ptr<PagePool> pages;
    std::unique_ptr<PageKeeper> keeper; // of the pages on disk; null: none are kept there
    ModelLoaded facts; // what the application is told
    bool speculates = false; // replies may be guessed ahead
    std::unique_ptr<LoadedModel> draft; // guesses what this one will say; null: none

    [[nodiscard]] int slots() const { return group->slots(); }
};

/// Loads a model in bounded units of work, so that the caller can answer other requests in between
/// and give up by destroying it.
class ModelLoading {
public:
    explicit ModelLoading(const LoadRequest& request, OpenDevice open = createBackend);
    ~ModelLoading();
    ModelLoading(const ModelLoading&) = delete;
    ModelLoading& operator=(const ModelLoading&) = delete;

    /// Does one unit: opens the file, builds the tokenizer, plans the memory, or loads a piece of
    /// an array. Throws std::runtime_error with a sentence; then nothing is left but to destroy it.
    void advance();
    [[nodiscard]] bool finished() const { return m_stage == Stage::Finished; }
    [[nodiscard]] float fraction() const;
    /// Call once, when finished.
    [[nodiscard]] std::unique_ptr<LoadedModel> take();

private:
    enum class Stage {
        File,
        Text,
        Pairing,
        Choice,
        Figures,
        Ranking,
        Plan,
        Weights,
        Cache,
        CacheMemory,
        WarmUp,
        Draft,
        Finished
    };

    void work();
    void readFile();
    void readText();
    void pair();
    void choose();
    void gatherFigures();
    void rank();
    void keepFigures() const;
    void plan();
    [[nodiscard]] PlacementPlan planBesideDraft();
    void loadWeight();
    void makeCache();
    void warmUp();
    void checkSpeed();
    void loadDraft();
    void beginDraft();
    void note(const std::string& sentence);
    void goOnElsewhere(const std::string& why, bool advise = true);
    [[nodiscard]] PlannedModel planned() const;

    LoadRequest m_request;
    OpenDevice m_open;
    Stage m_stage = Stage::File;
    std::unique_ptr<LoadedModel> m_model;
    StepLimits m_limits;
    MachineFigures m_figures;
    std::optional<FigureGathering> m_gathering;
    PlacementWish m_wish;
    std::vector<DeviceInfo> m_devices; // that were asked
    std::unique_ptr<DraftPairing> m_pairing; // holds the draft's file until it is loaded
    DeviceId m_draftDevice; // where there is room for it
    std::unique_ptr<ModelLoading> m_draft;
    std::vector<std::shared_ptr<Backend>> m_backends; // of the group
    std::vector<Placement> m_placements; // the best first
    size_t m_chosen = 0; // of them
    KvType m_kvType = KvType::F16;
    int m_pages = 0;
    int m_windowPages = 0;
    size_t m_warmUps = 0; // done
};

} // namespace inglenook
