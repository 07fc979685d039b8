#include "inference/engine.h"

#include "inference/engine_sentences.h"
#include "inference/generation/conversation_fit.h"
#include "inference/generation/generator.h"
#include "inference/generation/prompt_builder.h"
#include "inference/generation/stop_rules.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <filesystem>
#include <map>
#include <utility>

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a model that is freed may go on writing its cache pages.
constexpr double kLastSaveSeconds = 3.;

double secondsBetween(Clock::time_point from, Clock::time_point to)
{
    return std::chrono::duration<double>(to - from).count();
}

struct AskedReply {
    ReplyRequest request;
    Clock::time_point asked;
};

struct RunningReply {
    ReplyRequest request;
    StopRules rules;
    std::vector<Token> tokens; // of the reply
    ReplyStats stats;
    Clock::time_point asked;
    Clock::time_point firstToken;
    Clock::time_point lastToken;
};

/// What a prompt may have of the context where something can be left out: the rest is for the
/// reply.
int promptRoom(int context, const ReplyRequest& request)
{
    const int reply =
        request.maxTokens > 0 ? std::min(request.maxTokens, context / 4) : context / 4;
    return context - reply;
}

} // namespace

class Engine::Implementation {
public:
    explicit Implementation(OpenDevice open)
        : m_open(std::move(open))
    {
    }
    ~Implementation() { freeModel(); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void load(const LoadRequest& request);
    void unload();
    void startReply(const ReplyRequest& request);
    void stopReply(ReplyId id);
    void expectReply(ReplyRequest request);
    void forgetConversation(const std::string& conversation);
    [[nodiscard]] bool busy() const;
    [[nodiscard]] std::vector<EngineEvent> step();

private:
    void openStore();
    void emptyFolder();
    void tellNote();
    void work();
    void advanceLoading();
    void begin(AskedReply asked);
    [[nodiscard]] FittedPrompt fit(ReplyRequest& request, int context);
    void goOn(ReplyId id);
    void noteLeftOut(ReplyId id, int messages);
    void generate();
    void moveCache();
    void hear(const PromptProgress& progress);
    void hear(const TokenChosen& chosen);
    void hear(const SequenceFailed& failed);
    void finish(ReplyId id, StopReason reason);
    void fail(ReplyId id, const std::string& sentence);
    void stopAll();
    void cancelLoading();
    void freeModel();
    void loseModel(const std::string& sentence);

    OpenDevice m_open;
    std::unique_ptr<StoreThread> m_store; // of cache pages; outlives the models
    std::string m_storeFolder;
    uint64_t m_storeQuota = 0;
    StoreThread::Note m_storeNote; // as last told
    std::vector<std::string> m_forgotten; // conversations, while there is no store
    std::vector<EngineEvent> m_events; // since the last step
    std::unique_ptr<ModelLoading> m_loading;
    LoadRequest m_loadRequest; // of m_loading
    bool m_free = false; // the model is to be freed by the next step
    std::unique_ptr<LoadedModel> m_model;
    std::unique_ptr<PromptBuilder> m_prompts;
    std::unique_ptr<ConversationFit> m_fit;
    std::unique_ptr<Generator> m_generator;
    std::deque<AskedReply> m_asked; // not begun
    std::map<ReplyId, RunningReply> m_running;
};

void Engine::Implementation::load(const LoadRequest& request)
{
    unload();
    m_loadRequest = request;
    openStore();
    m_loading = std::make_unique<ModelLoading>(request, m_open);
}

/// Models come and go, the store stays: as long as the folder is the same.
void Engine::Implementation::openStore()
{
    if (m_loadRequest.pageFolder == m_storeFolder && m_loadRequest.pageQuota == m_storeQuota)
        return;
    freeModel();
    m_store.reset();
    m_storeFolder = m_loadRequest.pageFolder;
    m_storeQuota = m_loadRequest.pageQuota;
    if (m_storeQuota == 0)
        return emptyFolder();
    if (!m_storeFolder.empty())
        m_store = std::make_unique<StoreThread>(
            PageStore::Options{.folder = m_storeFolder, .quotaBytes = m_loadRequest.pageQuota});
    for (const std::string& conversation : std::exchange(m_forgotten, {}))
        forgetConversation(conversation);
}

/// Nothing shall be kept: neither what was kept before.
void Engine::Implementation::emptyFolder()
{
    m_forgotten.clear();
    std::error_code ignored;
    if (!m_storeFolder.empty() && std::filesystem::exists(m_storeFolder, ignored))
        PageStore({.folder = m_storeFolder}).prune(0);
}

void Engine::Implementation::unload()
{
    stopAll();
    cancelLoading();
    m_free = m_model != nullptr;
}

void Engine::Implementation::cancelLoading()
{
    if (!m_loading)
        return;
    m_events.emplace_back(
        LoadFailed{.path = m_loadRequest.path, .sentence = "Loading was cancelled."});
    m_loading.reset();
}

void Engine::Implementation::freeModel()
{
    m_free = false;
    m_generator.reset(); // gives its pages back
    if (m_model && m_model->keeper)
        m_model->keeper->saveAll(kLastSaveSeconds);
    m_fit.reset();
    m_prompts.reset();
    m_model.reset();
}

void Engine::Implementation::startReply(const ReplyRequest& request)
{
    // an id in use twice: the older request still gets its one ending
    stopReply(request.id);
    m_asked.push_back({.request = request, .asked = Clock::now()});
}

void Engine::Implementation::stopReply(ReplyId id)
{
    if (m_running.contains(id))
        return finish(id, StopReason::Stopped);
    const auto asked =
        std::ranges::find_if(m_asked, [&](const AskedReply& a) { return a.request.id == id; });
    if (asked == m_asked.end())
        return;
    m_asked.erase(asked);
    m_events.emplace_back(ReplyFinished{.id = id, .reason = StopReason::Stopped});
}

void Engine::Implementation::stopAll()
{
    while (!m_running.empty())
        finish(m_running.begin()->first, StopReason::Stopped);
    while (!m_asked.empty())
        stopReply(m_asked.front().request.id);
}

void Engine::Implementation::expectReply(ReplyRequest request)
{
    if (!m_generator || request.messages.empty())
        return;
    try {
        m_generator->expect(fit(request, m_model->facts.contextTokens).prompt.tokens);
    } catch (const std::exception&) {
        // a conversation that cannot be a prompt: whoever asks for a reply hears why
    }
}

void Engine::Implementation::forgetConversation(const std::string& conversation)
{
    if (m_store)
        m_store->forget(conversation);
    else
        m_forgotten.push_back(conversation);
}

void Engine::Implementation::tellNote()
{
    const StoreThread::Note note = m_store ? m_store->note() : StoreThread::Note();
    if (note == m_storeNote)
        return;
    m_storeNote = note;
    m_events.emplace_back(CacheNote{.sentence = note.sentence, .trouble = note.trouble});
}

bool Engine::Implementation::busy() const
{
    return !m_events.empty() || m_loading || m_free || !m_asked.empty() || !m_running.empty() ||
        (m_generator && m_generator->hasIdleWork());
}

std::vector<EngineEvent> Engine::Implementation::step()
{
    work();
    tellNote();
    return std::exchange(m_events, {});
}

/// One unit: the first of what is due.
void Engine::Implementation::work()
{
    if (m_free)
        return freeModel();
    if (m_loading)
        return advanceLoading();
    if (!m_asked.empty()) {
        AskedReply asked = std::move(m_asked.front());
        m_asked.pop_front();
        return begin(std::move(asked));
    }
    if (!m_running.empty())
        return generate();
    if (m_generator)
        moveCache();
}

void Engine::Implementation::moveCache()
{
    try {
        m_generator->idleWork();
    } catch (const std::exception& error) {
        loseModel(sentenceOf(error));
    }
}

void Engine::Implementation::advanceLoading()
{
    try {
        m_loading->advance();
        if (!m_loading->finished()) {
            m_events.emplace_back(LoadProgress{.fraction = m_loading->fraction()});
            return;
        }
        m_model = m_loading->take();
        m_loading.reset();
        const ChatTemplate* form = m_model->chatTemplate ? &*m_model->chatTemplate : nullptr;
        m_prompts = std::make_unique<PromptBuilder>(*m_model->tokenizer, form);
        if (m_store)
            m_model->keeper =
                std::make_unique<PageKeeper>(*m_model->group, *m_model->pages, *m_store);
        m_fit = std::make_unique<ConversationFit>(*m_prompts, *m_model->tokenizer);
        m_generator = std::make_unique<Generator>(*m_model);
        m_events.emplace_back(m_model->facts);
    } catch (const std::exception& error) {
        m_loading.reset();
        freeModel();
        m_events.emplace_back(
            LoadFailed{.path = m_loadRequest.path, .sentence = sentenceOf(error)});
    }
}

void Engine::Implementation::begin(AskedReply asked)
{
    ReplyRequest& request = asked.request;
    const ReplyId id = request.id;
    if (!m_model)
        return fail(id, "No model is loaded. Choose one first.");
    try {
        checkSampling(request.sampling);
        const int context = m_model->facts.contextTokens;
        FittedPrompt fitted = fit(request, context);
        Prompt& prompt = fitted.prompt;
        const auto length = static_cast<int>(prompt.tokens.size());
        if (length >= context)
            return fail(id, tooLong(request, length, context));
        if (length == 0)
            return fail(id, "The message is empty.");
        StopLimits limits{.maxTokens = request.maxTokens,
                          .stopTexts = std::move(prompt.stopTexts),
                          .continuesText = prompt.continuesText};
        limits.stopTexts.insert(limits.stopTexts.end(), request.stopTexts.begin(),
                                request.stopTexts.end());
        RunningReply reply{.request = std::move(request),
                           .rules = StopRules(*m_model->tokenizer, std::move(limits)),
                           .asked = asked.asked};
        reply.stats.promptTokens = length;
        reply.stats.device = m_model->facts.device;
        m_generator->add(id, std::move(prompt.tokens), reply.request.sampling,
                         reply.request.conversation);
        m_running.emplace(id, std::move(reply));
        noteLeftOut(id, fitted.leftOut);
    } catch (const std::exception& error) {
        fail(id, sentenceOf(error));
    }
}

FittedPrompt Engine::Implementation::fit(ReplyRequest& request, int context)
{
    if (!request.messages.empty() || request.prompt.empty())
        return m_fit->fit(request.messages, request.policy, promptRoom(context, request));
    request.policy = ContextPolicy::Stop; // there are no turns that could be left out
    return {.prompt = m_prompts->continuing(request.prompt)};
}

/// A reply has reached the end of the context: it goes on behind half a context of what came last,
/// so that this happens seldom. Of a reply that is longer than that, the beginning is left out too.
void Engine::Implementation::goOn(ReplyId id)
{
    RunningReply& reply = m_running.at(id);
    try {
        const int context = m_model->facts.contextTokens;
        const auto said = static_cast<int>(reply.tokens.size());
        FittedPrompt fitted = m_fit->fit(reply.request.messages, reply.request.policy,
                                         std::max(context / 2 - said, context / 4));
        std::vector<Token>& tokens = fitted.prompt.tokens;
        const int room = context - static_cast<int>(tokens.size());
        if (room < context / 8)
            return finish(id, StopReason::ContextFull);
        tokens.insert(tokens.end(), reply.tokens.end() - std::min(said, room / 2),
                      reply.tokens.end());
        reply.stats.speculation += m_generator->speculation(id);
        m_generator->remove(id);
        // positions come again: with the noise they had, the reply would tend to repeat itself
        ++reply.request.sampling.seed;
        m_generator->add(id, std::move(tokens), reply.request.sampling, reply.request.conversation);
        noteLeftOut(id, fitted.leftOut);
    } catch (const std::exception& error) {
        fail(id, sentenceOf(error));
    }
}

void Engine::Implementation::noteLeftOut(ReplyId id, int messages)
{
    int& noted = m_running.at(id).stats.droppedMessages;
    if (noted == messages)
        return;
    noted = messages;
    m_events.emplace_back(ContextTrimmed{.id = id, .messages = messages});
}

void Engine::Implementation::generate()
{
    try {
        for (const GeneratorEvent& event : m_generator->step())
            std::visit([this](const auto& happened) { hear(happened); }, event);
    } catch (const std::exception& error) {
        loseModel(sentenceOf(error));
    }
}

void Engine::Implementation::hear(const PromptProgress& progress)
{
    RunningReply& reply = m_running.at(progress.id);
    if (reply.tokens.empty())
        reply.stats.reusedTokens = progress.reused;
    m_events.emplace_back(progress);
}

void Engine::Implementation::hear(const TokenChosen& chosen)
{
    const auto found = m_running.find(chosen.id);
    if (found == m_running.end())
        return; // the reply ended at an earlier token of this step
    RunningReply& reply = found->second;
    reply.lastToken = Clock::now();
    if (reply.firstToken == Clock::time_point{})
        reply.firstToken = reply.lastToken;
    const bool rolls = chosen.contextFull && reply.request.policy != ContextPolicy::Stop;
    StopRules::Verdict verdict = reply.rules.accept(chosen.token, chosen.contextFull && !rolls);
    reply.tokens.push_back(chosen.token);
    if (!verdict.text.empty())
        m_events.emplace_back(ReplyText{.id = chosen.id, .text = std::move(verdict.text)});
    if (verdict.ended)
        finish(chosen.id, *verdict.ended);
    else if (rolls)
        goOn(chosen.id);
}

void Engine::Implementation::hear(const SequenceFailed& failed)
{
    if (m_running.contains(failed.id))
        fail(failed.id, failed.sentence);
}

void Engine::Implementation::finish(ReplyId id, StopReason reason)
{
    RunningReply& reply = m_running.at(id);
    if (std::string rest = reply.rules.finish(); !rest.empty())
        m_events.emplace_back(ReplyText{.id = id, .text = std::move(rest)});
    ReplyStats stats = std::move(reply.stats);
    stats.replyTokens = reply.rules.replyTokens();
    std::vector<Token> tokens = std::move(reply.tokens);
    tokens.resize(static_cast<size_t>(stats.replyTokens));
    if (reply.firstToken != Clock::time_point{}) {
        stats.promptSeconds = secondsBetween(reply.asked, reply.firstToken);
        stats.replySeconds = secondsBetween(reply.firstToken, reply.lastToken);
    }
    stats.speculation += m_generator->speculation(id);
    m_generator->remove(id);
    m_running.erase(id);
    m_events.emplace_back(ReplyFinished{
        .id = id, .reason = reason, .stats = std::move(stats), .tokens = std::move(tokens)});
}

void Engine::Implementation::fail(ReplyId id, const std::string& sentence)
{
    if (m_generator)
        m_generator->remove(id);
    m_running.erase(id);
    m_events.emplace_back(ReplyFailed{.id = id, .sentence = sentence});
}

/// The device failed in the middle of a step: what it holds cannot be trusted any more.
void Engine::Implementation::loseModel(const std::string& sentence)
{
    while (!m_running.empty())
        fail(m_running.begin()->first, sentence);
    m_events.emplace_back(LoadFailed{.path = m_model->facts.path,
                                     .sentence = sentence +
                                         " Load the model again, or on another device than " +
                                         m_model->facts.device + "."});
    freeModel();
}

Engine::Engine()
    : Engine(createBackend)
{
}
Engine::Engine(OpenDevice open)
    : m(std::make_unique<Implementation>(std::move(open)))
{
}
Engine::~Engine() = default;

void Engine::load(const LoadRequest& request)
{
    m->load(request);
}
void Engine::unload()
{
    m->unload();
}
void Engine::startReply(const ReplyRequest& request)
{
    m->startReply(request);
}
void Engine::stopReply(ReplyId id)
{
    m->stopReply(id);
}
void Engine::expectReply(const ReplyRequest& request)
{
    m->expectReply(request);
}
void Engine::forgetConversation(const std::string& conversation)
{
    m->forgetConversation(conversation);
}
bool Engine::busy() const
{
    return m->busy();
}
std::vector<EngineEvent> Engine::step()
{
    return m->step();
}

} // namespace inglenook
