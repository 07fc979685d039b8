#include "inference/generation/speculation.h"

#include <algorithm>
#include <chrono>

namespace inglenook {

namespace {

/// A draft model guesses no further: by then one guess is most likely wrong.
constexpr int kMostDrafted = 7;

/// What is expected of guesses at first. Free ones show what they are worth without being verified,
/// so nothing is lost by caution; others have to be tried.
constexpr double kCautious[2] = {0.35, 0.8}; // of the lowest grade, of the highest
constexpr double kHopeful = 0.7;

/// What guessing must promise against plain steps: costs and chances are estimates.
constexpr double kMargin = 1.03;

/// Guesses that come true less often are not thought of.
constexpr double kUnlikely = 0.03;

/// Over how many guesses the price of catching up with a text is spread.
constexpr int kSpread = 32;

/// What a sequence may lose by guesses that promised more than they brought, in plain steps; then
/// only what is risked below can win it back. Of what it gained before, little counts.
constexpr double kLostSteps = 2.;
constexpr double kGainedSteps = 1.;

/// How much of the first hope each new sequence has again where guesses have to be made to be
/// judged: what did not pay in one text may in another.
constexpr double kNewHope = 0.05;

/// The cost of a plain step is measured again after so many steps.
constexpr int kFreshSteps = 128;

/// What may be risked where guessing does not seem to pay: a share of the time, saved up to the
/// time of a few steps.
constexpr double kRiskedShare = 0.005;
constexpr double kSavedSteps = 2.;
constexpr int kRiskedTokens = 2;

/// A free guess is followed for nothing; it is risked only where it may be the cost that is wrong.
constexpr double kLikely = 0.5;

/// Guesses of a sequence in a step that reads a prompt.
constexpr int kBesidePrompt = 4;

/// The tokens that a sequence has from a step that is over.
int gained(const Sequence& sequence, const StepPart& part)
{
    return std::max(1, sequence.length() - part.first - 1);
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

Speculation::Speculation(SpeculationSetup setup, StepLimits limits, int contextTokens)
    : m_setup(std::move(setup))
    , m_limits(limits)
    , m_contextTokens(contextTokens)
{
    for (const auto& drafter : m_setup.drafters)
        m_shared.push_back(drafter->free() ? Acceptance(kCautious[0], kCautious[1])
                                           : Acceptance(kHopeful, kHopeful));
}

Speculation::~Speculation() = default;

void Speculation::forget(uint64_t id)
{
    m_records.erase(id);
    for (const auto& drafter : m_setup.drafters)
        drafter->forget(id);
}

void Speculation::begin(Record& record)
{
    for (size_t d = 0; d < m_shared.size(); ++d) {
        if (!m_setup.drafters[d]->free())
            m_shared[d].hope(kNewHope);
        record.drafters.emplace_back(m_shared[d]);
    }
}

/// The sequences of the coming step that decode.
std::vector<Speculation::Guess> Speculation::decoding(std::span<Sequence> sequences)
{
    std::vector<Guess> guesses;
    m_context = 0;
    m_reads = false;
    for (Sequence& sequence : sequences) {
        if (sequence.slot < 0)
            continue;
        if (!sequence.decodes()) {
            m_reads = true;
            continue;
        }
        const auto [found, isNew] = m_records.try_emplace(sequence.id);
        if (isNew)
            begin(found->second);
        for (GuessRecord& drafter : found->second.drafters)
            drafter.compare(sequence.tokens);
        guesses.push_back({.sequence = &sequence,
                           .record = &found->second,
                           .drafts = std::vector<Draft>(m_setup.drafters.size())});
        m_context = std::max(m_context, sequence.length());
    }
    return guesses;
}

void Speculation::propose(std::span<Sequence> sequences)
{
    for (Sequence& sequence : sequences)
        sequence.proposed.clear();
    m_draftSeconds = 0.;
    if (m_setup.drafters.empty())
        return;
    std::vector<Guess> guesses = decoding(sequences);
    if (guesses.empty())
        return;
    askFree(guesses);
    if (m_setup.length)
        chooseFirst(guesses);
    else if (m_reads)
        chooseLikely(guesses);
    else
        chooseBest(guesses);
    m_draftSeconds = draftSeconds(guesses);
    askCostly(guesses);
    for (Guess& guess : guesses) {
        std::vector<int32_t>& tokens = guess.drafts[guess.drafter].tokens;
        tokens.resize(std::min(tokens.size(), static_cast<size_t>(guess.count)));
        guess.sequence->proposed = std::move(tokens);
    }
}

/// Rows that are left for guesses.
int Speculation::room(std::span<const Guess> guesses) const
{
    const int prompt = m_reads ? 1 : 0; // the row behind it
    return std::min(kDecodeRows, m_limits.outputs) - static_cast<int>(guesses.size()) - prompt;
}

void Speculation::askFree(std::vector<Guess>& guesses)
{
    for (size_t d = 0; d < m_setup.drafters.size(); ++d) {
        if (!m_setup.drafters[d]->free())
            continue;
        std::vector<Draft> drafts;
        for (const Guess& guess : guesses)
            drafts.push_back({.sequence = guess.sequence,
                              .most = std::clamp(m_contextTokens - guess.sequence->length() - 1, 0,
                                                 room(guesses))});
        m_setup.drafters[d]->propose(drafts);
        for (size_t i = 0; i < guesses.size(); ++i) {
            GuessRecord& record = guesses[i].record->drafters[d];
            if (!record.open())
                record.guessed(guesses[i].sequence->length(), drafts[i]);
            guesses[i].drafts[d] = std::move(drafts[i]);
        }
    }
}

/// How far a drafter can guess.
int Speculation::most(const Guess& guess, size_t drafter) const
{
    if (m_setup.drafters[drafter]->free())
        return static_cast<int>(guess.drafts[drafter].tokens.size());
    if (m_reads)
        return 0; // the prompt waits for its turn as it is
    const int before = m_contextTokens - guess.sequence->length() - 1;
    return std::clamp(before, 0, m_setup.length.value_or(kMostDrafted));
}

/// The chance that one more token of a guess comes true if those before do.
double Speculation::nextChance(const Guess& guess)
{
    const Acceptance& acceptance = guess.record->drafters[guess.drafter].acceptance();
    return acceptance.chance(guess.drafts[guess.drafter].grade, guess.count);
}

/// What its next guess may cost in vain, where `plain` is its share of a plain step.
double Speculation::allowance(const Guess& guess, double plain)
{
    return guess.record->profit + kLostSteps * plain;
}

/// What its drafter needs before the first guess.
double Speculation::catchingUp(const Guess& guess) const
{
    return m_setup.drafters[guess.drafter]->catchingUp(*guess.sequence);
}

/// What the guesses that are not there yet will cost, and a part of what they need once.
double Speculation::draftSeconds(std::span<const Guess> guesses) const
{
    double sum = 0.;
    for (size_t d = 0; d < m_setup.drafters.size(); ++d) {
        if (m_setup.drafters[d]->free())
            continue;
        std::vector<Draft> drafts;
        for (const Guess& guess : guesses)
            if (guess.drafter == d && guess.count > 0) {
                drafts.push_back({.sequence = guess.sequence, .most = guess.count});
                sum += catchingUp(guess) / kSpread;
            }
        if (!drafts.empty())
            sum += m_setup.drafters[d]->seconds(drafts);
    }
    return sum;
}

/// The first drafter that has a guess, and the length that was asked for.
void Speculation::chooseFirst(std::vector<Guess>& guesses) const
{
    const int each = room(guesses) / static_cast<int>(guesses.size());
    for (Guess& guess : guesses) {
        guess.drafter = 0;
        while (guess.drafter + 1 < m_setup.drafters.size() && most(guess, guess.drafter) == 0)
            ++guess.drafter;
        guess.count = std::min({most(guess, guess.drafter), *m_setup.length, each});
    }
}

/// In a step that reads a prompt a row more is next to nothing, and the next step is far away: what
/// is likely and costs nothing is taken.
void Speculation::chooseLikely(std::vector<Guess>& guesses) const
{
    int left = room(guesses);
    for (Guess& guess : guesses) {
        for (guess.drafter = 0; most(guess, guess.drafter) == 0;)
            if (++guess.drafter == m_setup.drafters.size())
                break;
        if (guess.drafter == m_setup.drafters.size())
            guess.drafter = 0;
        const int longest = std::min({most(guess, guess.drafter), kBesidePrompt, left});
        while (guess.count < longest && nextChance(guess) >= kLikely)
            ++guess.count;
        left -= guess.count;
    }
}

void Speculation::chooseBest(std::vector<Guess>& guesses)
{
    const auto rows = static_cast<int>(guesses.size());
    if (!m_costs.fresh(rows, m_context, kFreshSteps))
        return; // a plain step is what everything is compared with
    const double plain = m_costs.seconds(rows, m_context);
    for (Guess& guess : guesses)
        if (allowance(guess, plain / rows) > 0.)
            chooseDrafter(guess, rows);
    if (rows > 1)
        shareRows(guesses);
    const bool none =
        std::ranges::all_of(guesses, [](const Guess& guess) { return guess.count == 0; });
    if (none)
        risk(guesses);
}

/// The drafter and the length that would give this sequence the most tokens per second, were the
/// others plain.
void Speculation::chooseDrafter(Guess& guess, int rows) const
{
    size_t drafter = 0;
    int count = 0;
    double rate = kMargin * rows / m_costs.seconds(rows, m_context);
    for (guess.drafter = 0; guess.drafter < m_setup.drafters.size(); ++guess.drafter) {
        const double reached = bestLength(guess, rows);
        if (reached <= rate)
            continue;
        rate = reached;
        drafter = guess.drafter;
        count = guess.count;
    }
    guess.drafter = drafter;
    guess.count = count;
}

/// Sets the best length of the guess of its drafter, at least 1 if there is one; returns the tokens
/// per second that it would give.
double Speculation::bestLength(Guess& guess, int rows) const
{
    const double plain = m_costs.seconds(rows, m_context);
    const int longest =
        std::min({most(guess, guess.drafter), kDecodeRows - rows, m_limits.outputs - rows});
    const Drafter& drafter = *m_setup.drafters[guess.drafter];
    Draft draft{.sequence = guess.sequence};
    const double fixed = plain / rows - plain + catchingUp(guess) / kSpread;
    double best = 0.;
    int length = 0;
    double tokens = 1.;
    double likelihood = 1.;
    for (guess.count = 0; guess.count < longest;) {
        likelihood *= nextChance(guess);
        if (likelihood < kUnlikely)
            break; // it would bring next to nothing, as would all behind it
        tokens += likelihood;
        draft.most = ++guess.count;
        const double seconds =
            m_costs.seconds(rows + guess.count, m_context) + fixed + drafter.seconds({&draft, 1});
        if (seconds - plain / rows > allowance(guess, plain / rows))
            break;
        if (tokens / seconds <= best)
            continue;
        best = tokens / seconds;
        length = guess.count;
    }
    guess.count = length;
    return best;
}

/// Gives rows to the likeliest guesses first, as many as give the most tokens per second. This
/// stays below the knee of the cost by itself: behind it a row costs more than it brings.
void Speculation::shareRows(std::vector<Guess>& guesses) const
{
    const auto rows = static_cast<int>(guesses.size());
    double tokens = rows;
    const double plain = m_costs.seconds(rows, m_context);
    double best = kMargin * tokens / plain;
    std::vector<int> counts(guesses.size(), 0);
    for (Guess& guess : guesses)
        guess.count = 0;
    for (int used = 1; used <= room(guesses); ++used) {
        const double seconds = m_costs.seconds(rows + used, m_context);
        const double perGuess = (seconds - plain) / used;
        Guess* likeliest = nullptr;
        double likelihood = 0.;
        for (Guess& guess : guesses) {
            if (guess.count == most(guess, guess.drafter) ||
                (guess.count + 1) * perGuess > allowance(guess, plain / rows))
                continue;
            const double next = guess.likelihood * nextChance(guess);
            if (next > likelihood) {
                likelihood = next;
                likeliest = &guess;
            }
        }
        if (!likeliest)
            break;
        ++likeliest->count;
        likeliest->likelihood = likelihood;
        tokens += likelihood;
        const double rate = tokens / (seconds + draftSeconds(guesses));
        if (rate <= best)
            continue;
        best = rate;
        std::ranges::transform(guesses, counts.begin(), &Guess::count);
    }
    for (size_t i = 0; i < guesses.size(); ++i)
        guesses[i].count = counts[i];
}

/// Lets one sequence guess a little where it does not seem to pay, if what was saved up for that
/// allows it: costs and texts change.
void Speculation::risk(std::vector<Guess>& guesses)
{
    const auto rows = static_cast<int>(guesses.size());
    for (Guess& guess : guesses) {
        // the last drafter: those before it are free, and checked without being verified
        guess.drafter = m_setup.drafters.size() - 1;
        const bool known = m_setup.drafters[guess.drafter]->free() && nextChance(guess) < kLikely;
        guess.count = std::min({most(guess, guess.drafter), kRiskedTokens, room(guesses)});
        if (known || guess.count <= 0) {
            guess.count = 0;
            continue;
        }
        const double cost = m_costs.seconds(rows + guess.count, m_context) -
            m_costs.seconds(rows, m_context) + draftSeconds({&guess, 1}) + catchingUp(guess);
        if (cost <= m_credit) {
            m_credit -= cost;
            return;
        }
        guess.count = 0;
    }
}

/// Has the chosen guesses made that are not there yet.
void Speculation::askCostly(std::vector<Guess>& guesses)
{
    for (size_t d = 0; d < m_setup.drafters.size(); ++d) {
        if (m_setup.drafters[d]->free())
            continue;
        std::vector<Draft> drafts;
        for (const Guess& guess : guesses)
            if (guess.drafter == d && guess.count > 0)
                drafts.push_back({.sequence = guess.sequence, .most = guess.count});
        if (drafts.empty())
            continue;
        const auto start = std::chrono::steady_clock::now();
        m_setup.drafters[d]->propose(drafts);
        const double seconds = secondsSince(start);
        for (Draft& draft : drafts) {
            const auto guess = std::ranges::find(guesses, draft.sequence, &Guess::sequence);
            guess->sequence->speculation.draftSeconds += seconds;
            guess->record->drafters[d].guessed(draft.sequence->length(), draft);
            guess->drafts[d] = std::move(draft);
        }
    }
}

void Speculation::measured(std::span<Sequence> sequences, std::span<const StepPart> parts,
                           double seconds)
{
    int rows = 0;
    int context = 0;
    for (const StepPart& part : parts) {
        rows += part.count;
        context = std::max(context, part.first + 1);
        if (part.outputs < part.count)
            continue;
        Sequence& sequence = sequences[part.sequence];
        sequence.speculation.proposed += part.count - 1;
        sequence.speculation.accepted += gained(sequence, part) - 1;
    }
    const bool reads =
        std::ranges::any_of(parts, [](const StepPart& part) { return part.outputs < part.count; });
    if (reads || rows > kDecodeRows)
        return; // it says nothing about steps of a few rows
    m_costs.measured(rows, context, seconds);
    const auto count = static_cast<int>(parts.size());
    const double plain = m_costs.seconds(count, context);
    m_credit = std::min(m_credit + kRiskedShare * seconds, kSavedSteps * plain);
    // by the average costs: a step that was interrupted says nothing about its guesses
    const double perGuess = rows == count
        ? 0.
        : (m_costs.seconds(rows, context) - plain + m_draftSeconds) / (rows - count);
    for (const StepPart& part : parts) {
        Sequence& sequence = sequences[part.sequence];
        const int tokens = gained(sequence, part);
        if (const auto found = m_records.find(sequence.id); found != m_records.end()) {
            const double own = plain / count; // of the step
            const double gain = (tokens - 1) * own - (part.count - 1) * perGuess;
            double& profit = found->second.profit;
            profit = std::min(profit + gain, kGainedSteps * own);
        }
        if (part.count == 1)
            continue;
        sequence.speculation.verifySeconds += seconds;
        sequence.speculation.plainSeconds += tokens * plain;
    }
}

} // namespace inglenook
