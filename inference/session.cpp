#include "inference/session.h"

#include "inference/generation/generator.h"
#include "inference/generation/prompt_builder.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;
/// How long what was computed may take to reach the disk before the caller goes on.
constexpr double kSaveSeconds = 10.;

/// Pages for a list of tokens that is not kept.
struct BorrowedPages {
    PagePool& pool;
    std::vector<int> pages;
    int windowFrom = 0;

    ~BorrowedPages() { pool.release(pages, {}, windowFrom); }
};

/// Ends a sequence however its caller is left.
struct EndOfSequence {
    Generator& generator;
    uint64_t id;

    ~EndOfSequence() { generator.remove(id); }
};

} // namespace

Session::Session(const LoadRequest& request, const std::function<void(float)>& progress)
{
    if (!request.pageFolder.empty()) // opened while the model is loaded
        m_store = std::make_unique<StoreThread>(
            PageStore::Options{.folder = request.pageFolder, .quotaBytes = request.pageQuota});
    ModelLoading loading(request);
    while (!loading.finished()) {
        loading.advance();
        if (progress)
            progress(loading.fraction());
    }
    m_model = loading.take();
    if (m_store)
        m_model->keeper = std::make_unique<PageKeeper>(*m_model->group, *m_model->pages, *m_store);
    m_generator = std::make_unique<Generator>(*m_model);
}

Session::~Session() = default;

const ModelLoaded& Session::facts() const
{
    return m_model->facts;
}
const Tokenizer& Session::tokenizer() const
{
    return *m_model->tokenizer;
}
int Session::vocabulary() const
{
    return m_model->spec.vocabulary;
}
uint64_t Session::weightBytesPerToken() const
{
    return m_model->group->bytesPerToken();
}

double Session::measureReadBandwidth()
{
    return m_model->group->measureReadBandwidth();
}

std::vector<Token> Session::promptOf(const std::vector<ChatMessage>& messages) const
{
    const ChatTemplate* chatTemplate = m_model->chatTemplate ? &*m_model->chatTemplate : nullptr;
    return PromptBuilder(tokenizer(), chatTemplate).build(messages).tokens;
}

std::vector<Token> Session::promptOf(std::string_view text, bool special) const
{
    std::vector<Token> tokens = tokenizer().encode(text, special);
    if (tokenizer().addsBos() && (tokens.empty() || tokens.front() != tokenizer().bos()))
        tokens.insert(tokens.begin(), tokenizer().bos());
    return tokens;
}

void Session::checkTokens(std::span<const Token> tokens, int room) const
{
    if (tokens.empty())
        throw std::runtime_error("There are no tokens to compute.");
    const auto most = static_cast<size_t>(facts().contextTokens - room);
    if (tokens.size() > most)
        throw std::runtime_error(
            std::to_string(tokens.size()) + " tokens do not fit: the context holds " +
            std::to_string(facts().contextTokens) + ". Choose a larger context.");
    for (const Token token : tokens) {
        if (token < 0 || token >= vocabulary())
            throw std::runtime_error("There is no token " + std::to_string(token) +
                                     ": the vocabulary has " + std::to_string(vocabulary()) +
                                     " tokens.");
    }
}

void Session::logits(std::span<const Token> tokens,
                     const std::function<void(int position, std::span<const float> logits)>& row)
{
    checkTokens(tokens, 0);
    const auto vocabularySize = static_cast<size_t>(vocabulary());
    const auto outputs = static_cast<size_t>(m_model->group->limits().outputs);
    BorrowedPages borrowed{.pool = *m_model->pages, .pages = {}};
    PagePool& pool = borrowed.pool;
    std::vector<float> values;
    for (size_t first = 0; first < tokens.size(); first += outputs) {
        std::vector<StepRow> rows;
        borrowed.windowFrom =
            pool.passWindow(borrowed.pages, borrowed.windowFrom, static_cast<int>(first));
        for (size_t i = first; i < std::min(tokens.size(), first + outputs); ++i) {
            if (i % kPageTokens == 0)
                borrowed.pages.push_back(pool.take().value());
            rows.push_back(
                {.token = tokens[i], .position = static_cast<int>(i), .slot = 0, .output = true});
        }
        m_model->group->setPages(0, borrowed.pages, pool.windowPagesOf(borrowed.pages));
        m_model->group->run(rows);
        values.resize(rows.size() * vocabularySize);
        m_model->group->readLogits(values);
        for (size_t i = 0; i < rows.size(); ++i)
            row(rows[i].position, std::span(values).subspan(i * vocabularySize, vocabularySize));
    }
}

Session::Continuation Session::generate(std::span<const Token> tokens,
                                        const SamplingSettings& sampling, int count,
                                        const std::function<bool(Token)>& token)
{
    return run(tokens, sampling, count, token, EndTokens::End);
}

Session::Continuation Session::generateOn(std::span<const Token> tokens,
                                          const SamplingSettings& sampling, int count,
                                          const std::function<bool(Token)>& token)
{
    return run(tokens, sampling, count, token, EndTokens::Continue);
}

Session::Continuation Session::run(std::span<const Token> tokens, const SamplingSettings& sampling,
                                   int count, const std::function<bool(Token)>& token,
                                   EndTokens endTokens)
{
    constexpr uint64_t kId = 0;
    checkTokens(tokens, 1);
    checkSampling(sampling);
    Continuation result{.tokens = {}, .reason = StopReason::MaxTokens};
    if (count <= 0)
        return result;
    const Clock::time_point asked = Clock::now();
    Clock::time_point first;
    result.stats.promptTokens = static_cast<int>(tokens.size());
    result.stats.device = facts().device;
    const EndOfSequence guard{.generator = *m_generator, .id = kId};
    m_generator->add(kId, {tokens.begin(), tokens.end()}, sampling);
    while (m_generator->busy()) {
        for (const GeneratorEvent& event : m_generator->step()) {
            if (const auto* failed = std::get_if<SequenceFailed>(&event))
                throw std::runtime_error(failed->sentence);
            if (const auto* progress = std::get_if<PromptProgress>(&event))
                result.stats.reusedTokens = progress->reused;
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen)
                continue;
            if (first == Clock::time_point{})
                first = Clock::now();
            bool ended = true;
            if (endTokens == EndTokens::End && tokenizer().endsReply(chosen->token)) {
                result.reason = StopReason::EndOfText;
            } else {
                result.tokens.push_back(chosen->token);
                const bool wanted = !token || token(chosen->token);
                if (!wanted)
                    result.reason = StopReason::Stopped;
                else if (static_cast<int>(result.tokens.size()) == count)
                    result.reason = StopReason::MaxTokens;
                else if (chosen->contextFull)
                    result.reason = StopReason::ContextFull;
                else
                    ended = false;
            }
            if (!ended)
                continue;
            result.stats.speculation = m_generator->speculation(kId);
            m_generator->remove(kId);
            break; // what the step chose behind it was not asked for
        }
    }
    result.stats.replyTokens = static_cast<int>(result.tokens.size());
    result.stats.promptSeconds = std::chrono::duration<double>(first - asked).count();
    result.stats.replySeconds = std::chrono::duration<double>(Clock::now() - first).count();
    if (m_model->keeper)
        m_model->keeper->saveAll(kSaveSeconds);
    return result;
}

void Session::forgetCache()
{
    m_model->pages->forgetAll();
    if (m_model->draft)
        m_model->draft->pages->forgetAll();
}

Session::Restored Session::restored() const
{
    if (!m_model->keeper)
        return {};
    const auto pages = static_cast<size_t>(m_model->keeper->restoredPages());
    return {.tokens = static_cast<int>(pages * kPageTokens),
            .bytes = pages * m_model->keeper->pageBytes()};
}

} // namespace inglenook
