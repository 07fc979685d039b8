#pragma once

#include "inference/generation/acceptance.h"
#include "inference/generation/drafter.h"
#include "inference/generation/scheduler.h"
#include "inference/generation/step_costs.h"

#include <map>
#include <memory>
#include <optional>

namespace inglenook {

/// Whether a guessed token stands where the model chooses `chosen`.
using VerificationRule = bool (*)(int32_t guessed, int32_t chosen);

/// How a generator guesses ahead.
struct SpeculationSetup {
    std::vector<std::unique_ptr<Drafter>> drafters = {}; // in the order of trial
    /// So many tokens are guessed, whether it pays or not (tests and studies); none: as pays.
    std::optional<int> length = std::nullopt;
    /// The one rule under which answers stay what they are. Tests put a wrong one here, to see that
    /// they notice.
    VerificationRule accepts = [](int32_t guessed, int32_t chosen) { return guessed == chosen; };
};

/// Speculative decoding (Leviathan et al. 2023, Chen et al. 2023): guesses tokens, which a step
/// then verifies. Decides for each step which sequences guess, with which drafter and how far: what
/// gives the most tokens per second by the acceptance seen so far and the measured costs of steps
/// and drafts. May be nothing; then little is risked now and then to see whether that still holds.
/// Time decides what is guessed, never what is answered.
class Speculation {
public:
    Speculation(SpeculationSetup setup, StepLimits limits, int contextTokens);
    ~Speculation();

    /// Writes `proposed` of all sequences: guesses for those that decode; where a prompt is read in
    /// the same step, only likely ones that cost nothing. All their rows fit kDecodeRows and the
    /// limits.
    void propose(std::span<Sequence> sequences);

    [[nodiscard]] bool accepts(int32_t guessed, int32_t chosen) const
    {
        return m_setup.accepts(guessed, chosen);
    }

    /// Tells what a step took; its sequences have their new tokens already.
    void measured(std::span<Sequence> sequences, std::span<const StepPart> parts, double seconds);

    void forget(uint64_t id);

private:
    /// What became of the guesses in one sequence.
    struct Record {
        std::vector<GuessRecord> drafters = {};
        double profit = 0.; // seconds gained by guessing, by what steps cost; bounded
    };

    /// One sequence in the coming step, and what is thought of for it.
    struct Guess {
        Sequence* sequence = nullptr;
        Record* record = nullptr;
        std::vector<Draft> drafts = {}; // by drafter; the tokens of free ones
        size_t drafter = 0; // the chosen one
        int count = 0; // tokens to guess
        double likelihood = 1.; // that all of them come true
    };

    void begin(Record& record);
    [[nodiscard]] std::vector<Guess> decoding(std::span<Sequence> sequences);
    void askFree(std::vector<Guess>& guesses);
    void chooseFirst(std::vector<Guess>& guesses) const;
    void chooseLikely(std::vector<Guess>& guesses) const;
    void chooseBest(std::vector<Guess>& guesses);
    void chooseDrafter(Guess& guess, int rows) const;
    [[nodiscard]] double bestLength(Guess& guess, int rows) const;
    void shareRows(std::vector<Guess>& guesses) const;
    void risk(std::vector<Guess>& guesses);
    void askCostly(std::vector<Guess>& guesses);

    [[nodiscard]] static double nextChance(const Guess& guess);
    [[nodiscard]] int most(const Guess& guess, size_t drafter) const;
    [[nodiscard]] static double allowance(const Guess& guess, double plain);
    [[nodiscard]] double draftSeconds(std::span<const Guess> guesses) const;
    [[nodiscard]] double catchingUp(const Guess& guess) const;
    [[nodiscard]] int room(std::span<const Guess> guesses) const;

    SpeculationSetup m_setup;
    StepLimits m_limits;
    int m_contextTokens;
    StepCosts m_costs;
    std::vector<Acceptance> m_shared; // by drafter
    std::map<uint64_t, Record> m_records; // by sequence
    int m_context = 0; // the longest sequence of the coming step
    bool m_reads = false; // it reads a prompt too
    double m_draftSeconds = 0.; // what the guesses of the coming step cost to make
    double m_credit = 0.; // seconds that may be risked
};

} // namespace inglenook
