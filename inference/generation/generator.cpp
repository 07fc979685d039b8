#include "inference/generation/generator.h"

#include "inference/generation/model_drafter.h"
#include "inference/generation/ngram_drafter.h"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of the time of steps, what writing pages may take: nobody notices.
constexpr double kSaveShare = 0.03;

/// Steps from so many rows on tell how fast prompts are read.
constexpr int kRowsToMeasure = 16;

/// How long a step that has nothing to compute waits for the disk.
constexpr double kDiskWait = 0.02;

int pagesOf(int tokens)
{
    return (tokens + kPageTokens - 1) / kPageTokens;
}

std::vector<std::unique_ptr<Drafter>> draftersOf(LoadedModel& model)
{
    std::vector<std::unique_ptr<Drafter>> drafters;
    if (model.speculates)
        drafters.push_back(std::make_unique<NgramDrafter>());
    if (model.draft)
        drafters.push_back(std::make_unique<ModelDrafter>(*model.draft));
    return drafters;
}

} // namespace

Generator::Generator(LoadedModel& model)
    : Generator(model, {.drafters = draftersOf(model)})
{
}

Generator::Generator(LoadedModel& model, SpeculationSetup speculation)
    : m_model(model)
    , m_scheduler(model.group->limits())
    , m_speculation(std::move(speculation), model.group->limits(), model.facts.contextTokens)
    , m_chooser(model)
    , m_slotTaken(static_cast<size_t>(model.slots()), false)
{
}

Generator::~Generator()
{
    for (Sequence& sequence : m_sequences)
        releasePages(sequence);
}

void Generator::add(uint64_t id, std::vector<int32_t> prompt, const SamplingSettings& sampling,
                    const std::string& conversation)
{
    assert(!prompt.empty() && static_cast<int>(prompt.size()) < m_model.facts.contextTokens);
    Sequence sequence;
    sequence.id = id;
    sequence.tokens = std::move(prompt);
    sequence.promptTokens = sequence.length();
    sequence.sampling = sampling;
    sequence.reused = -1;
    sequence.conversation = conversation;
    if (m_model.keeper) {
        sequence.restoring = true;
        m_model.keeper->cancel(kExpected); // it is this, or comes too late
        m_model.keeper->restore(id, sequence.tokens);
    }
    m_sequences.push_back(std::move(sequence));
}

void Generator::remove(uint64_t id)
{
    const auto found = std::ranges::find(m_sequences, id, &Sequence::id);
    if (found == m_sequences.end())
        return;
    if (m_model.keeper) {
        m_model.keeper->cancel(id);
        m_model.keeper->keep(found->conversation,
                             std::span(found->tokens).first(static_cast<size_t>(found->computed)));
    }
    releasePages(*found);
    m_sequences.erase(found);
    m_speculation.forget(id);
}

SpeculationStats Generator::speculation(uint64_t id) const
{
    const auto found = std::ranges::find(m_sequences, id, &Sequence::id);
    return found == m_sequences.end() ? SpeculationStats{} : found->speculation;
}

void Generator::releasePages(Sequence& sequence)
{
    if (sequence.slot >= 0)
        m_slotTaken[static_cast<size_t>(sequence.slot)] = false;
    m_model.pages->release(sequence.pages,
                           std::span(sequence.tokens).first(static_cast<size_t>(sequence.computed)),
                           sequence.windowFrom);
    sequence.slot = -1;
    sequence.pages.clear();
    sequence.windowFrom = 0;
    sequence.computed = 0;
}

void Generator::suspend(Sequence& sequence)
{
    releasePages(sequence);
}

void Generator::admit()
{
    for (Sequence& sequence : m_sequences) {
        if (sequence.slot >= 0 || sequence.restoring)
            continue;
        const auto slot = std::ranges::find(m_slotTaken, false);
        if (slot == m_slotTaken.end() ||
            !admit(sequence, static_cast<int>(slot - m_slotTaken.begin())))
            return; // in order of age, so that none waits for ever
    }
}

bool Generator::admit(Sequence& sequence, int slot)
{
    // the last token is always computed: its logits are wanted
    const std::span<const int32_t> before(sequence.tokens.data(), sequence.tokens.size() - 1);
    PagePool::Prefix prefix = m_model.pages->findPrefix(before);
    const int missing = pagesOf(sequence.length() + 1) - static_cast<int>(prefix.pages.size());
    if (!m_model.pages->hasRoomFor(missing) && &sequence != &m_sequences.front()) {
        if (prefix.copyFrom >= 0)
            m_model.pages->endCopy(prefix.copyFrom);
        m_model.pages->release(prefix.pages, before.first(static_cast<size_t>(prefix.tokens)),
                               prefix.windowFrom);
        return false;
    }
    sequence.slot = slot;
    m_slotTaken[static_cast<size_t>(slot)] = true;
    sequence.pages = std::move(prefix.pages);
    sequence.windowFrom = prefix.windowFrom;
    sequence.computed = prefix.tokens;
    if (prefix.copyFrom >= 0)
        copyBeginning(sequence, prefix);
    if (sequence.reused < 0)
        sequence.reused = sequence.computed;
    return true;
}

std::optional<int> Generator::takePage()
{
    if (m_model.keeper)
        m_model.keeper->saveBeforeLoss();
    return m_model.pages->take();
}

/// A branch inside a page: the part before it is copied.
void Generator::copyBeginning(Sequence& sequence, const PagePool::Prefix& prefix)
{
    if (const auto page = takePage()) {
        m_model.group->copyPage(m_model.pages->placeOf(prefix.copyFrom),
                                m_model.pages->placeOf(*page));
        sequence.pages.push_back(*page);
        sequence.computed += prefix.copyTokens;
    }
    m_model.pages->endCopy(prefix.copyFrom);
}

/// Gives a part's sequence the pages its tokens need, not yet those of guesses. Where there are
/// none, the youngest other sequence is suspended and its part dropped; a part whose own sequence
/// is the youngest is not computed.
bool Generator::providePages(const StepPart& part, std::vector<StepPart>& parts)
{
    Sequence& sequence = m_sequences[part.sequence];
    const int needed = std::min(part.first + part.count, sequence.length());
    while (static_cast<int>(sequence.pages.size()) < pagesOf(needed)) {
        if (const auto page = takePage()) {
            sequence.pages.push_back(*page);
            continue;
        }
        const auto youngest = std::ranges::find_if(m_sequences.rbegin(), m_sequences.rend(),
                                                   [](const Sequence& s) { return s.slot >= 0; });
        const auto index = static_cast<size_t>(&*youngest - m_sequences.data());
        suspend(*youngest);
        std::erase_if(parts, [&](const StepPart& p) { return p.sequence == index; });
        if (index == part.sequence)
            return false;
    }
    return true;
}

/// Gives guesses their pages too, or gives up those that would have none: nobody has to make room
/// for a guess.
void Generator::provideForGuesses(StepPart& part)
{
    Sequence& sequence = m_sequences[part.sequence];
    while (static_cast<int>(sequence.pages.size()) < pagesOf(part.first + part.count)) {
        if (const auto page = takePage()) {
            sequence.pages.push_back(*page);
            continue;
        }
        const int room = static_cast<int>(sequence.pages.size()) * kPageTokens;
        const int given = room - sequence.length(); // fewer than were wished
        sequence.proposed.resize(static_cast<size_t>(given));
        part.count = part.outputs = 1 + given;
    }
}

std::vector<GeneratorEvent> Generator::step()
{
    std::vector<GeneratorEvent> events;
    restore(events);
    admit();
    m_speculation.propose(m_sequences);
    std::vector<StepPart> parts;
    // the oldest first: they are served before the youngest gives way
    std::vector<StepPart> wished = m_scheduler.plan(m_sequences);
    std::ranges::sort(wished, {}, &StepPart::sequence);
    for (const StepPart& part : wished) {
        if (m_sequences[part.sequence].slot >= 0 && providePages(part, parts))
            parts.push_back(part);
    }
    if (parts.empty())
        return events;
    for (StepPart& part : parts)
        provideForGuesses(part);
    const Clock::time_point start = Clock::now();
    compute(parts);
    const double computed = secondsSince(start);
    saveInBetween(computed);

    const Clock::time_point choosing = Clock::now();
    size_t outputs = 0; // of the parts before
    for (const StepPart& part : parts) {
        finishPart(part, outputs, events);
        outputs += static_cast<size_t>(part.outputs);
    }
    m_speculation.measured(m_sequences, parts, computed + secondsSince(choosing));
    for (const GeneratorEvent& event : events) {
        if (const auto* failed = std::get_if<SequenceFailed>(&event)) {
            remove(failed->id);
            m_model.pages->forgetAll(); // what was wrong may be in the cache: the next try is new
        }
    }
    return events;
}

/// Brings pages back for the sequence that has waited longest for the disk.
void Generator::restore(std::vector<GeneratorEvent>& events)
{
    if (!m_model.keeper || !m_model.keeper->restoring())
        return;
    const bool others =
        std::ranges::any_of(m_sequences, [](const Sequence& s) { return !s.restoring; });
    const auto progress = m_model.keeper->advance(m_prefillRate, others ? 0. : kDiskWait);
    const auto found = std::ranges::find(m_sequences, progress->id, &Sequence::id);
    if (found == m_sequences.end())
        return; // it is expected only
    found->restoring = !progress->ended;
    if (progress->tokens > 0)
        events.emplace_back(PromptProgress{.id = found->id,
                                           .done = progress->tokens,
                                           .total = found->promptTokens,
                                           .reused = progress->tokens});
}

/// Hands pages over to be written, for a small share of the time of those who wait for tokens.
void Generator::saveInBetween(double stepSeconds)
{
    if (!m_model.keeper || !m_model.keeper->hasUnsaved())
        return;
    m_saveSeconds += kSaveShare * stepSeconds;
    if (m_saveSeconds < m_lastSave)
        return;
    const Clock::time_point start = Clock::now();
    m_model.keeper->saveNext();
    m_lastSave = secondsSince(start);
    m_saveSeconds -= m_lastSave;
}

void Generator::expect(std::span<const int32_t> tokens)
{
    if (!m_model.keeper)
        return;
    m_model.keeper->cancel(kExpected);
    m_model.keeper->restore(kExpected, tokens);
}

bool Generator::hasIdleWork() const
{
    return m_model.keeper && (m_model.keeper->restoring() || m_model.keeper->hasUnsaved());
}

void Generator::idleWork()
{
    if (!m_model.keeper)
        return;
    if (m_model.keeper->restoring())
        static_cast<void>(m_model.keeper->advance(m_prefillRate, kDiskWait));
    else
        m_model.keeper->saveAll(kDiskWait);
}

void Generator::compute(std::span<const StepPart> parts)
{
    const Clock::time_point start = Clock::now();
    m_rows.clear();
    size_t outputs = 0;
    for (const StepPart& part : parts) {
        const Sequence& s = m_sequences[part.sequence];
        m_model.group->setPages(s.slot, s.pages, m_model.pages->windowPagesOf(s.pages));
        for (int i = 0; i < part.count; ++i) {
            const int position = part.first + i;
            const int guess = position - s.length(); // negative: the token is known
            m_rows.push_back({.token = guess < 0 ? s.tokens[static_cast<size_t>(position)]
                                                 : s.proposed[static_cast<size_t>(guess)],
                              .position = position,
                              .slot = s.slot,
                              .output = i >= part.count - part.outputs});
        }
        outputs += static_cast<size_t>(part.outputs);
    }
    m_model.group->run(m_rows);
    m_chooser.readStep(outputs);
    const double seconds = secondsSince(start);
    m_scheduler.measured(parts, seconds);
    if (m_rows.size() >= kRowsToMeasure && seconds > 0.)
        m_prefillRate = static_cast<double>(m_rows.size()) / seconds;
}

void Generator::finishPart(const StepPart& part, size_t firstOutput,
                           std::vector<GeneratorEvent>& events)
{
    Sequence& s = m_sequences[part.sequence];
    const int before = s.computed;
    s.computed = std::min(part.first + part.count, s.length()); // without guesses
    if (before < s.promptTokens)
        events.emplace_back(PromptProgress{.id = s.id,
                                           .done = std::min(s.computed, s.promptTokens),
                                           .total = s.promptTokens,
                                           .reused = s.reused});
    if (part.outputs > 0)
        chooseTokens(s, firstOutput, events);
    for (int page = before / kPageTokens; page < s.computed / kPageTokens; ++page)
        m_model.pages->complete(s.pages, s.tokens, page);
    s.windowFrom = m_model.pages->passWindow(s.pages, s.windowFrom, s.computed);
}

/// Chooses the next token, and one more behind each guess that turns out to be the token chosen
/// there: the row of a right guess was computed behind the right tokens.
void Generator::chooseTokens(Sequence& s, size_t firstOutput, std::vector<GeneratorEvent>& events)
{
    for (size_t i = 0;; ++i) {
        const size_t row = firstOutput + i;
        if (!m_chooser.finite(row)) {
            events.emplace_back(SequenceFailed{
                .id = s.id,
                .sentence = "The device " + m_model.facts.device +
                    " computed values that are not numbers, so the reply ends here. Try another "
                    "device or another quantisation of the model; \"nook doctor\" tests the "
                    "devices."});
            return;
        }
        const int32_t chosen = m_chooser.choose(row, s.sampling, s.tokens);
        const bool right = i < s.proposed.size() && m_speculation.accepts(s.proposed[i], chosen);
        const int32_t token = right ? s.proposed[i] : chosen;
        s.tokens.push_back(token);
        events.emplace_back(TokenChosen{
            .id = s.id, .token = token, .contextFull = s.length() >= m_model.facts.contextTokens});
        if (!right)
            return;
        ++s.computed;
    }
}

} // namespace inglenook
