#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/engine.h"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>
#include <unistd.h>

namespace inglenook {
namespace {

// The only thing a signal handler may touch.
volatile std::sig_atomic_t interrupted = 0;

struct Options {
    ModelOptions model;
    std::string system;
    float temperature = SamplingSettings{}.temperature;
    ContextPolicy policy = ContextPolicy::Stop;
};

template <class... F> struct Overloaded : F... {
    using F::operator()...;
};

/// A conversation on the terminal: one question, one streamed answer, again.
class Chat {
public:
    explicit Chat(const Options& options)
        : m_options(options)
        , m_terminal(isatty(STDIN_FILENO) != 0)
        , m_random(std::random_device{}())
    {
    }

    void run()
    {
        load();
        restart();
        if (m_terminal)
            std::printf(
                "Type and press Enter. Ctrl+C stops an answer, /new begins anew, /quit ends.\n");
        std::string line;
        while (ask(line)) {
            if (line.empty())
                continue;
            if (line == "/quit")
                break;
            if (line == "/new") {
                restart();
                continue;
            }
            m_messages.push_back({.role = "user", .text = line});
            answer();
        }
    }

private:
    void load()
    {
        m_engine.load(m_options.model.loadRequest());
        while (m_engine.busy()) {
            for (const EngineEvent& event : m_engine.step()) {
                if (const auto* failed = std::get_if<LoadFailed>(&event))
                    throw std::runtime_error(failed->sentence);
                if (const auto* loaded = std::get_if<ModelLoaded>(&event); loaded && m_terminal)
                    std::printf("%s, %s, on %s%s%s\n", loaded->name.c_str(),
                                loaded->quantisation.c_str(), loaded->device.c_str(),
                                loaded->note.empty() ? "" : "\n", loaded->note.c_str());
            }
        }
    }

    void restart()
    {
        m_messages.clear();
        if (!m_options.system.empty())
            m_messages.push_back({.role = "system", .text = m_options.system});
    }

    bool ask(std::string& line) const
    {
        if (m_terminal)
            std::printf("\n> ");
        std::fflush(stdout);
        return static_cast<bool>(std::getline(std::cin, line));
    }

    void answer()
    {
        ReplyRequest request{.id = ++m_lastReply, .messages = m_messages};
        request.sampling.temperature = m_options.temperature;
        request.sampling.seed = m_random();
        request.policy = m_options.policy;
        m_engine.startReply(request);

        interrupted = 0;
        std::signal(SIGINT, [](int) { interrupted = 1; });
        std::string text;
        while (m_engine.busy()) {
            if (interrupted != 0)
                m_engine.stopReply(request.id);
            for (const EngineEvent& event : m_engine.step())
                show(event, text);
        }
        std::signal(SIGINT, SIG_DFL); // between answers Ctrl+C ends the program
        m_messages.push_back({.role = "assistant", .text = text});
    }

    void show(const EngineEvent& event, std::string& text) const
    {
        std::visit(Overloaded{[&](const ReplyText& piece) {
                                  text += piece.text;
                                  std::fwrite(piece.text.data(), 1, piece.text.size(), stdout);
                                  std::fflush(stdout);
                              },
                              [&](const ContextTrimmed& trimmed) {
                                  if (m_terminal)
                                      std::printf("\033[2m(%d messages no longer fit and are not "
                                                  "read)\033[0m\n",
                                                  trimmed.messages);
                              },
                              [&](const ReplyFinished& finished) {
                                  std::printf("\n");
                                  if (m_terminal)
                                      showStatistics(finished.stats);
                              },
                              [](const ReplyFailed& failed) {
                                  std::printf("\n");
                                  std::fprintf(stderr, "nook: %s\n", failed.sentence.c_str());
                              },
                              [](const auto&) {}},
                   event);
    }

    static void showStatistics(const ReplyStats& stats)
    {
        const double rate =
            stats.replySeconds > 0. ? (stats.replyTokens - 1) / stats.replySeconds : 0.;
        std::printf("\033[2m%d tokens, %.1f tokens/s, first after %.0f ms, %d of %d prompt tokens "
                    "reused\033[0m\n",
                    stats.replyTokens, rate, stats.promptSeconds * 1e3, stats.reusedTokens,
                    stats.promptTokens);
    }

    const Options& m_options;
    bool m_terminal;
    std::mt19937_64 m_random;
    Engine m_engine;
    ReplyId m_lastReply = 0;
    std::vector<ChatMessage> m_messages;
};

} // namespace

void addChat(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command =
        nook.add_subcommand("chat", "talk to a model; without -m to the guide that ships");
    addModelOptions(*command, options->model, false);
    addPolicyOption(*command, options->policy);
    command->add_option("--system", options->system, "the system prompt");
    command->add_option("--temperature", options->temperature, "0: always the most likely token")
        ->capture_default_str()
        ->check(CLI::Range(0.f, 5.f));
    command->callback([options] { Chat(*options).run(); });
}

} // namespace inglenook
