#include "inference/engine.h"

#include "inference/generation/generator.h"
#include "inference/generation/prompt_builder.h"
#include "inference/generation/stop_rules.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <new>
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
    StopRules rules;
    ReplyStats stats;
    Clock::time_point asked;
    Clock::time_point firstToken;
    Clock::time_point lastToken;
};

/// What went wrong, for the user.
std::string sentenceOf(const std::exception& error)
{
    if (dynamic_cast<const std::bad_alloc*>(&error))
        return "There is not enough memory. Close other programs, or choose a smaller model or "
               "context.";
    return error.what();
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
    void expectReply(const std::vector<ChatMessage>& messages);
    void forgetConversation(const std::string& conversation);
    [[nodiscard]] bool busy() const;
    [[nodiscard]] std::vector<EngineEvent> step();

private:
    void openStore();
    void tellNote();
    void work();
    void advanceLoading();
    void begin(const AskedReply& asked);
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
    std::string m_storeNote; // as last told
    std::vector<std::string> m_forgotten; // conversations, while there is no store
    std::vector<EngineEvent> m_events; // since the last step
    std::unique_ptr<ModelLoading> m_loading;
    LoadRequest m_loadRequest; // of m_loading
    bool m_free = false; // the model is to be freed by the next step
    std::unique_ptr<LoadedModel> m_model;
    std::unique_ptr<PromptBuilder> m_prompts;
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
    if (m_loadRequest.pageFolder == m_storeFolder)
        return;
    freeModel();
    m_store.reset();
    m_storeFolder = m_loadRequest.pageFolder;
    if (!m_storeFolder.empty())
        m_store = std::make_unique<StoreThread>(
            PageStore::Options{.folder = m_storeFolder, .quotaBytes = m_loadRequest.pageQuota});
    for (const std::string& conversation : std::exchange(m_forgotten, {}))
        forgetConversation(conversation);
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
    if (m_model && m_model->keeper) {
        m_model->keeper->saveAll(kLastSaveSeconds);
        m_model->keeper->saveBegun();
    }
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
    m_events.emplace_back(ReplyFinished{.id = id, .reason = StopReason::Stopped, .stats = {}});
}

void Engine::Implementation::stopAll()
{
    while (!m_running.empty())
        finish(m_running.begin()->first, StopReason::Stopped);
    while (!m_asked.empty())
        stopReply(m_asked.front().request.id);
}

void Engine::Implementation::expectReply(const std::vector<ChatMessage>& messages)
{
    if (!m_generator || messages.empty())
        return;
    try {
        m_generator->expect(m_prompts->build(messages).tokens);
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
    std::string note = m_store ? m_store->note() : "";
    if (note == m_storeNote)
        return;
    m_storeNote = note;
    m_events.emplace_back(CacheNote{.sentence = std::move(note)});
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
        const AskedReply asked = std::move(m_asked.front());
        m_asked.pop_front();
        return begin(asked);
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
        m_generator = std::make_unique<Generator>(*m_model);
        m_events.emplace_back(m_model->facts);
    } catch (const std::exception& error) {
        m_loading.reset();
        freeModel();
        m_events.emplace_back(
            LoadFailed{.path = m_loadRequest.path, .sentence = sentenceOf(error)});
    }
}

void Engine::Implementation::begin(const AskedReply& asked)
{
    const ReplyRequest& request = asked.request;
    if (!m_model)
        return fail(request.id, "No model is loaded. Choose one first.");
    try {
        checkSampling(request.sampling);
        Prompt prompt = m_prompts->build(request.messages);
        const int context = m_model->facts.contextTokens;
        const auto length = static_cast<int>(prompt.tokens.size());
        if (length >= context)
            return fail(request.id,
                        "The conversation has " + std::to_string(length) +
                            " tokens, but the context holds " + std::to_string(context) +
                            ". Start a new chat, shorten the message, or load the model with a "
                            "larger context.");
        if (length == 0)
            return fail(request.id, "The message is empty.");
        StopLimits limits{.maxTokens = request.maxTokens,
                          .stopTexts = std::move(prompt.stopTexts),
                          .continuesText = prompt.continuesText};
        limits.stopTexts.insert(limits.stopTexts.end(), request.stopTexts.begin(),
                                request.stopTexts.end());
        RunningReply reply{.rules = StopRules(*m_model->tokenizer, std::move(limits)),
                           .stats = {},
                           .asked = asked.asked,
                           .firstToken = {},
                           .lastToken = {}};
        reply.stats.promptTokens = length;
        reply.stats.device = m_model->facts.device;
        m_running.emplace(request.id, std::move(reply));
        m_generator->add(request.id, std::move(prompt.tokens), request.sampling,
                         request.conversation);
    } catch (const std::exception& error) {
        fail(request.id, sentenceOf(error));
    }
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
    m_running.at(progress.id).stats.reusedTokens = progress.reused;
    m_events.emplace_back(progress);
}

void Engine::Implementation::hear(const TokenChosen& chosen)
{
    RunningReply& reply = m_running.at(chosen.id);
    reply.lastToken = Clock::now();
    if (reply.firstToken == Clock::time_point{})
        reply.firstToken = reply.lastToken;
    StopRules::Verdict verdict = reply.rules.accept(chosen.token, chosen.contextFull);
    if (!verdict.text.empty())
        m_events.emplace_back(ReplyText{.id = chosen.id, .text = std::move(verdict.text)});
    if (verdict.ended)
        finish(chosen.id, *verdict.ended);
}

void Engine::Implementation::hear(const SequenceFailed& failed)
{
    fail(failed.id, failed.sentence);
}

void Engine::Implementation::finish(ReplyId id, StopReason reason)
{
    RunningReply& reply = m_running.at(id);
    if (std::string rest = reply.rules.finish(); !rest.empty())
        m_events.emplace_back(ReplyText{.id = id, .text = std::move(rest)});
    ReplyStats stats = std::move(reply.stats);
    stats.replyTokens = reply.rules.replyTokens();
    if (reply.firstToken != Clock::time_point{}) {
        stats.promptSeconds = secondsBetween(reply.asked, reply.firstToken);
        stats.replySeconds = secondsBetween(reply.firstToken, reply.lastToken);
    }
    m_generator->remove(id);
    m_running.erase(id);
    m_events.emplace_back(ReplyFinished{.id = id, .reason = reason, .stats = std::move(stats)});
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
void Engine::expectReply(const std::vector<ChatMessage>& messages)
{
    m->expectReply(messages);
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
