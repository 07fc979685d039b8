#include "inference/generation/model_drafter.h"

#include "inference/model/loaded_model.h"

#include <algorithm>
#include <chrono>

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;

/// What reading an unseen text may take at once: the running replies wait so long.
constexpr double kSliceSeconds = 0.02;

/// Rows that the first step of a draft computes besides the wanted one.
constexpr int kFewRows = 4;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

ModelDrafter::ModelDrafter(LoadedModel& model)
    : m_model(model)
    , m_chooser(model)
{
}

ModelDrafter::~ModelDrafter()
{
    for (auto& [id, text] : m_texts)
        release(text);
}

void ModelDrafter::release(Text& text)
{
    m_model.pages->release(text.pages,
                           std::span(text.tokens).first(static_cast<size_t>(text.computed)),
                           text.windowFrom);
    text = {};
}

void ModelDrafter::forget(uint64_t id)
{
    const auto found = m_texts.find(id);
    if (found == m_texts.end())
        return;
    release(found->second);
    m_texts.erase(found);
}

/// Brings a text up to what the sequence says now; of the guesses, those stay that came true.
ModelDrafter::Text& ModelDrafter::follow(const Sequence& sequence)
{
    Text& text = m_texts[sequence.id];
    const auto same = static_cast<int>(std::mismatch(text.tokens.begin(), text.tokens.end(),
                                                     sequence.tokens.begin(), sequence.tokens.end())
                                           .first -
                                       text.tokens.begin());
    if (same < text.completed * kPageTokens)
        release(text); // another text altogether: pages with a name stay what they are
    text.tokens.resize(std::min(text.tokens.size(), static_cast<size_t>(same)));
    text.tokens.insert(text.tokens.end(),
                       sequence.tokens.begin() + static_cast<std::ptrdiff_t>(text.tokens.size()),
                       sequence.tokens.end());
    // the last token is always computed: its logits are wanted
    text.computed = std::min({text.computed, same, sequence.length() - 1});
    text.used = m_calls;
    if (text.pages.empty())
        findCached(text);
    for (; text.completed < text.computed / kPageTokens; ++text.completed)
        m_model.pages->complete(text.pages, text.tokens, text.completed);
    // behind a page with a name, guesses may still be taken back
    text.windowFrom =
        m_model.pages->passWindow(text.pages, text.windowFrom, text.completed * kPageTokens);
    return text;
}

/// What the cache has of a text that was not drafted before.
void ModelDrafter::findCached(Text& text)
{
    const auto before = std::span(text.tokens).first(text.tokens.size() - 1);
    PagePool::Prefix prefix = m_model.pages->findPrefix(before);
    text.pages = std::move(prefix.pages);
    text.windowFrom = prefix.windowFrom;
    text.computed = prefix.tokens;
    text.completed = prefix.tokens / kPageTokens;
    if (prefix.copyFrom < 0)
        return;
    if (const auto page = m_model.pages->take()) {
        m_model.group->copyPage(m_model.pages->placeOf(prefix.copyFrom),
                                m_model.pages->placeOf(*page));
        text.pages.push_back(*page);
        text.computed += prefix.copyTokens;
    }
    m_model.pages->endCopy(prefix.copyFrom);
}

/// Pages for the first `tokens` tokens; the text that was not drafted for longest gives up its own.
bool ModelDrafter::providePages(Text& text, int tokens)
{
    const auto needed = static_cast<size_t>((tokens + kPageTokens - 1) / kPageTokens);
    while (text.pages.size() < needed) {
        if (const auto page = m_model.pages->take()) {
            text.pages.push_back(*page);
            continue;
        }
        Text* oldest = nullptr;
        for (auto& [id, other] : m_texts)
            if (&other != &text && !other.pages.empty() && (!oldest || other.used < oldest->used))
                oldest = &other;
        if (!oldest || oldest->used == m_calls)
            return false; // all of them are being drafted
        release(*oldest);
    }
    return true;
}

void ModelDrafter::addRows(const Open& open, int count, bool output)
{
    Text& text = *open.text;
    const int slot = open.draft->sequence->slot;
    m_model.group->setPages(slot, text.pages, m_model.pages->windowPagesOf(text.pages));
    for (int i = 0; i < count; ++i) {
        const int position = text.computed + i;
        m_rows.push_back({.token = text.tokens[static_cast<size_t>(position)],
                          .position = position,
                          .slot = slot,
                          .output = output && i == count - 1});
    }
    text.computed += count;
}

/// Reads a slice of what is not seen yet of a text; returns whether so little is left that it can
/// be drafted.
bool ModelDrafter::catchUp(const Open& open)
{
    Text& text = *open.text;
    const int unread = text.missing() - 1;
    if (unread < kFewRows)
        return true;
    const int count = std::min(unread, m_sliceRows);
    if (!providePages(text, text.computed + count))
        return false;
    const Clock::time_point start = Clock::now();
    m_rows.clear();
    addRows(open, count, false);
    m_model.group->run(m_rows);
    m_model.group->wait();
    const double seconds = secondsSince(start);
    m_rowSeconds = m_rowSeconds == 0. ? seconds / count : 0.5 * (m_rowSeconds + seconds / count);
    m_sliceRows = std::clamp(static_cast<int>(kSliceSeconds / m_rowSeconds), 16,
                             m_model.group->limits().rows);
    return count == unread;
}

void ModelDrafter::propose(std::span<Draft> drafts)
{
    const int context = m_model.facts.contextTokens;
    ++m_calls;
    std::vector<Open> open;
    bool sliced = false; // one slice at a time: the others wait for it
    for (Draft& draft : drafts) {
        const int room = context - draft.sequence->length();
        if (std::min(room, draft.most) <= 0)
            continue;
        draft.most = std::min(room, draft.most);
        open.push_back({.draft = &draft, .text = &follow(*draft.sequence)});
        const bool slices = open.back().text->missing() > kFewRows;
        if ((slices && sliced) || !catchUp(open.back()))
            open.pop_back();
        sliced = sliced || slices;
    }
    while (!open.empty())
        guessNext(open);
}

/// One more token for every draft in progress; those that are complete are taken out.
void ModelDrafter::guessNext(std::vector<Open>& drafts)
{
    int room = m_model.group->limits().rows;
    std::erase_if(drafts, [&](const Open& open) {
        room -= open.text->missing();
        return room < 0 || !providePages(*open.text, static_cast<int>(open.text->tokens.size()));
    });
    if (drafts.empty())
        return;
    const Clock::time_point start = Clock::now();
    m_rows.clear();
    for (const Open& open : drafts)
        addRows(open, open.text->missing(), true);
    m_model.group->run(m_rows);
    m_chooser.readStep(drafts.size());

    size_t rows = 0; // of the drafts before
    int longest = 0;
    std::erase_if(drafts, [&](const Open& open) {
        const size_t own = rows++;
        longest = std::max(longest, open.text->computed);
        if (!m_chooser.finite(own))
            return true;
        const int32_t token =
            m_chooser.choose(own, open.draft->sequence->sampling, open.text->tokens);
        open.text->tokens.push_back(token);
        open.draft->tokens.push_back(token);
        return static_cast<int>(open.draft->tokens.size()) == open.draft->most;
    });
    if (m_rows.size() <= kDecodeRows)
        m_costs.measured(static_cast<int>(m_rows.size()), longest, secondsSince(start));
}

double ModelDrafter::seconds(std::span<const Draft> drafts) const
{
    double sum = 0.;
    int longest = 0;
    int context = 0;
    for (const Draft& draft : drafts) {
        longest = std::max(longest, draft.most);
        context = std::max(context, draft.sequence->length());
    }
    for (int step = 0; step < longest; ++step) {
        const auto rows =
            std::ranges::count_if(drafts, [&](const Draft& d) { return d.most > step; });
        sum += m_costs.seconds(static_cast<int>(rows) * (step == 0 ? 2 : 1), context);
    }
    return sum;
}

double ModelDrafter::catchingUp(const Sequence& sequence) const
{
    const auto text = m_texts.find(sequence.id);
    const int known = text == m_texts.end() ? 0 : text->second.computed;
    const int unread = sequence.length() - known - 1;
    return unread < kFewRows ? 0. : m_rowSeconds * unread;
}

} // namespace inglenook
