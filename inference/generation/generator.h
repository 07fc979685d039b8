#pragma once

#include "inference/generation/scheduler.h"
#include "inference/generation/sequence.h"
#include "inference/generation/speculation.h"
#include "inference/generation/token_chooser.h"
#include "inference/model/loaded_model.h"

#include <string>
#include <variant>
#include <vector>

namespace inglenook {

/// A sequence's next token.
struct TokenChosen {
    uint64_t id = 0;
    int32_t token = 0;
    bool contextFull = false; // none can follow it
};

/// A sequence cannot go on; it is gone.
struct SequenceFailed {
    uint64_t id = 0;
    std::string sentence;
};

using GeneratorEvent = std::variant<PromptProgress, TokenChosen, SequenceFailed>;

/// Runs all sequences of a model, tokens in and tokens out: gives them slots and pages, computes
/// steps, samples. When pages run short, the youngest sequence waits; as tokens are a pure function
/// of what stands before them, it then goes on as if nothing had happened.
///
/// Where guessing ahead pays, a step gives a sequence several tokens. They are those that it would
/// have got one by one: guesses that are wrong change no token, and their rows in the cache are
/// written over.
class Generator {
public:
    /// The model outlives the generator. Guesses as the model was loaded to.
    explicit Generator(LoadedModel& model);
    Generator(LoadedModel& model, SpeculationSetup speculation);
    ~Generator();
    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    /// `prompt` has 1 .. context - 1 tokens of the vocabulary; `id` is not in use. What the disk
    /// has of the prompt is brought back first. `conversation`: for which its pages are kept there.
    void add(uint64_t id, std::vector<int32_t> prompt, const SamplingSettings& sampling,
             const std::string& conversation = {});
    /// Ends a sequence; its pages stay in the cache until their space is needed, and are written to
    /// disk in time. Unknown ids are ignored.
    void remove(uint64_t id);

    [[nodiscard]] bool busy() const { return !m_sequences.empty(); }
    /// What guessing ahead did for a sequence that is not removed yet; nothing for others.
    [[nodiscard]] SpeculationStats speculation(uint64_t id) const;
    /// Computes one step. A sequence goes on until it is removed, which must happen at the latest
    /// when its context is full; who removes it ignores what else the step chose for it. Throws
    /// what the backend throws.
    [[nodiscard]] std::vector<GeneratorEvent> step();

    // While nothing else is to do

    /// The next prompt will probably begin with these tokens: what the disk has of them is brought
    /// back. Replaces what was expected before.
    void expect(std::span<const int32_t> tokens);
    /// Whether pages wait to be read from disk or written to it.
    [[nodiscard]] bool hasIdleWork() const;
    /// Moves a few of them.
    void idleWork();

private:
    /// The keeper's name for what is expected; no sequence has it.
    static constexpr uint64_t kExpected = UINT64_MAX;

    void restore(std::vector<GeneratorEvent>& events);
    void saveInBetween(double stepSeconds);
    void admit();
    [[nodiscard]] bool admit(Sequence& sequence, int slot);
    [[nodiscard]] std::optional<int> takePage();
    void copyBeginning(Sequence& sequence, const PagePool::Prefix& prefix);
    [[nodiscard]] bool providePages(const StepPart& part, std::vector<StepPart>& parts);
    void provideForGuesses(StepPart& part);
    void suspend(Sequence& sequence);
    void compute(std::span<const StepPart> parts);
    void finishPart(const StepPart& part, size_t firstOutput, std::vector<GeneratorEvent>& events);
    void chooseTokens(Sequence& sequence, size_t firstOutput, std::vector<GeneratorEvent>& events);
    void releasePages(Sequence& sequence);

    LoadedModel& m_model;
    Scheduler m_scheduler;
    Speculation m_speculation;
    TokenChooser m_chooser;
    std::vector<Sequence> m_sequences; // the oldest first
    std::vector<bool> m_slotTaken;
    std::vector<StepRow> m_rows;
    double m_prefillRate = 0.; // tokens per second, of the last slice of a prompt
    double m_saveSeconds = 0.; // that saving may take of the time of those who decode
    double m_lastSave = 0.; // seconds that a page took
};

} // namespace inglenook
