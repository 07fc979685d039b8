// An engine with a cache on disk, driven by lines of JSON on standard input, so that a test can
// kill it: {"op":"ask","messages":[[role,text],...],...}, {"op":"delete","conversation":...},
// {"op":"die","writes":...,"bytes":...} (death_at_write.h). Each question is answered by one line:
// the text and how much of the prompt was reused.

#include "inference/engine.h"
#include "tests/inference/death_at_write.h"

#include <atomic>
#include <deque>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

using namespace inglenook;
using nlohmann::json;

namespace {

class Lines {
public:
    Lines()
        : m_reader([this] { read(); })
    {
        m_reader.detach(); // it ends with the program
    }

    bool take(std::string& line)
    {
        const std::lock_guard lock(m_mutex);
        if (m_lines.empty())
            return false;
        line = std::move(m_lines.front());
        m_lines.pop_front();
        return true;
    }
    [[nodiscard]] bool ended() const { return m_ended; }

private:
    void read()
    {
        std::string line;
        while (std::getline(std::cin, line)) {
            const std::lock_guard lock(m_mutex);
            m_lines.push_back(std::move(line));
        }
        m_ended = true;
    }

    std::mutex m_mutex;
    std::deque<std::string> m_lines;
    std::atomic<bool> m_ended = false;
    std::thread m_reader;
};

ReplyRequest requestOf(const json& line)
{
    ReplyRequest request{.id = line["id"].get<uint64_t>()};
    for (const auto& message : line["messages"])
        request.messages.push_back(
            {.role = message[0].get<std::string>(), .text = message[1].get<std::string>()});
    request.sampling.seed = line["seed"].get<uint64_t>();
    request.sampling.temperature = line["temperature"].get<float>();
    request.maxTokens = line["max_tokens"].get<int>();
    request.conversation = line["conversation"].get<std::string>();
    return request;
}

/// The texts of the replies that run, and what is said when they end.
class Answers {
public:
    void hear(const EngineEvent& event)
    {
        if (const auto* text = std::get_if<ReplyText>(&event))
            m_texts[text->id] += text->text;
        if (const auto* failed = std::get_if<ReplyFailed>(&event))
            say({{"id", failed->id}, {"error", failed->sentence}});
        if (const auto* failed = std::get_if<LoadFailed>(&event))
            say({{"error", failed->sentence}});
        if (const auto* finished = std::get_if<ReplyFinished>(&event))
            say({{"id", finished->id},
                 {"text", m_texts[finished->id]},
                 {"prompt", finished->stats.promptTokens},
                 {"reused", finished->stats.reusedTokens}});
    }

private:
    static void say(const json& line) { std::cout << line.dump() << std::endl; }

    std::map<ReplyId, std::string> m_texts;
};

} // namespace

int main(int count, char** arguments)
{
    if (count != 5)
        return 1;
    Engine engine;
    LoadRequest load{.path = arguments[1], .device = arguments[2]};
    load.threads = 1;
    load.contextTokens = 1024;
    load.pageFolder = arguments[3];
    load.pageQuota = std::stoull(arguments[4]);
    engine.load(load);

    Lines lines;
    Answers answers;
    std::string text;
    while (!lines.ended() || engine.busy()) {
        while (lines.take(text)) {
            const json line = json::parse(text);
            if (line["op"] == "ask")
                engine.startReply(requestOf(line));
            else if (line["op"] == "die")
                tests::dieAtWrite(line["writes"].get<int>(), line["bytes"].get<long>());
            else
                engine.forgetConversation(line["conversation"].get<std::string>());
        }
        if (engine.busy())
            for (const EngineEvent& event : engine.step())
                answers.hear(event);
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}
