#include "app/cli/batch_run.h"

#include "app/cli/stats_json.h"

#include <utility>
#include <variant>

namespace inglenook {

namespace {

std::string_view nameOf(StopReason reason)
{
    switch (reason) {
    case StopReason::EndOfText:
    case StopReason::StopText:
        return "stop";
    case StopReason::MaxTokens:
        return "length";
    case StopReason::ContextFull:
        return "context";
    case StopReason::Stopped:
        break;
    }
    return "stopped";
}

} // namespace

BatchRun::BatchRun(Engine& engine, int ahead, ReplyRequest defaults)
    : m_engine(engine)
    , m_ahead(ahead)
    , m_defaults(std::move(defaults))
{
}

int BatchRun::run(std::istream& input, const std::function<void(const BatchAnswer&)>& answer)
{
    ReplyId next = 1;
    while (!m_inputEnded || !m_open.empty() || !m_closed.empty()) {
        while (!m_inputEnded && static_cast<int>(m_open.size()) < m_ahead)
            readNext(input);
        for (const EngineEvent& event : m_engine.step())
            std::visit([this](const auto& happened) { hear(happened); }, event);
        for (auto closed = m_closed.extract(next); closed; closed = m_closed.extract(next)) {
            answer(closed.mapped());
            ++next;
        }
    }
    return static_cast<int>(m_lastId);
}

void BatchRun::readNext(std::istream& input)
{
    std::string line;
    const LineRead read = readLine(input, line);
    m_inputEnded = read == LineRead::End;
    if (m_inputEnded)
        return;
    ++m_line;
    if (read == LineRead::Line && line.find_first_not_of(" \t\r") == std::string::npos)
        return;
    const ReplyId id = ++m_lastId;
    if (read == LineRead::TooLong) {
        const std::string most = std::to_string(kLongestLine >> 20);
        close(id,
              {.id = m_line,
               .problem = "Line " + std::to_string(m_line) + " cannot be used: It is longer than " +
                   most + " MB."});
        return;
    }
    BatchRequest parsed = parseBatchRequest(line, m_line, m_defaults);
    BatchAnswer answer{.id = std::move(parsed.id), .problem = std::move(parsed.problem)};
    if (!answer.problem.empty())
        return close(id, std::move(answer));
    m_open.emplace(id, std::move(answer));
    parsed.request.id = id;
    m_engine.startReply(parsed.request);
}

void BatchRun::hear(const ReplyText& text)
{
    m_open.at(text.id).text += text.text;
}

void BatchRun::hear(ReplyFinished finished)
{
    BatchAnswer answer = std::move(m_open.at(finished.id));
    answer.finished = std::move(finished);
    close(answer.finished.id, std::move(answer));
}

void BatchRun::hear(const ReplyFailed& failed)
{
    BatchAnswer answer = std::move(m_open.at(failed.id));
    answer.problem = failed.sentence;
    close(failed.id, std::move(answer));
}

void BatchRun::close(ReplyId id, BatchAnswer answer)
{
    m_open.erase(id);
    m_closed.emplace(id, std::move(answer));
}

nlohmann::ordered_json jsonOf(const BatchAnswer& answer)
{
    if (!answer.problem.empty())
        return {{"id", answer.id}, {"error", answer.problem}};
    nlohmann::ordered_json stats = jsonOf(answer.finished.stats);
    stats["dropped_messages"] = answer.finished.stats.droppedMessages;
    return {{"id", answer.id},
            {"text", answer.text},
            {"tokens", answer.finished.tokens},
            {"finish_reason", nameOf(answer.finished.reason)},
            {"stats", std::move(stats)}};
}

} // namespace inglenook
