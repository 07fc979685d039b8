#pragma once

#include "inference/generation/drafter.h"
#include "inference/generation/step_costs.h"
#include "inference/generation/token_chooser.h"
#include "inference/model/step_inputs.h"

#include <map>

namespace inglenook {

struct LoadedModel;

/// Guesses what a smaller model of the same vocabulary would say. It samples with the settings and
/// the very noise of the sequence, so that where both models think alike they choose alike, also
/// far from the likeliest token. Several sequences are drafted together.
///
/// Its cache follows the sequences: what it has not seen of one is read in bounded slices, during
/// which that sequence is not guessed; wrong guesses are written over.
class ModelDrafter final : public Drafter {
public:
    /// The model outlives the drafter and is used by it alone. It has a slot for each slot of the
    /// sequences.
    explicit ModelDrafter(LoadedModel& model);
    ~ModelDrafter() override;

    void propose(std::span<Draft> drafts) override;
    [[nodiscard]] bool free() const override { return false; }
    [[nodiscard]] double seconds(std::span<const Draft> drafts) const override;
    [[nodiscard]] double catchingUp(const Sequence& sequence) const override;
    void forget(uint64_t id) override;

private:
    /// One sequence as the draft model sees it.
    struct Text {
        std::vector<int32_t> tokens; // of the sequence, and what was guessed behind them
        std::vector<int> pages;
        int windowFrom = 0; // index of the first of them whose window page is held
        int computed = 0; // leading tokens whose keys and values are in the cache
        int completed = 0; // pages that were named
        uint64_t used = 0; // the call that drafted it last

        [[nodiscard]] int missing() const { return static_cast<int>(tokens.size()) - computed; }
    };
    /// A draft in progress.
    struct Open {
        Draft* draft;
        Text* text;
    };

    Text& follow(const Sequence& sequence);
    void findCached(Text& text);
    [[nodiscard]] bool providePages(Text& text, int tokens);
    void release(Text& text);
    [[nodiscard]] bool catchUp(const Open& open);
    void addRows(const Open& open, int count, bool output);
    void guessNext(std::vector<Open>& drafts);

    LoadedModel& m_model;
    TokenChooser m_chooser;
    std::map<uint64_t, Text> m_texts; // by sequence
    StepCosts m_costs;
    double m_rowSeconds = 0.; // of reading one token among many
    int m_sliceRows = 16; // until it is known what one costs
    uint64_t m_calls = 0;
    std::vector<StepRow> m_rows;
};

} // namespace inglenook
