#pragma once

#include "app/cli/batch_request.h"
#include "inference/engine.h"

#include <functional>
#include <istream>
#include <map>

namespace inglenook {

/// What became of one line.
struct BatchAnswer {
    nlohmann::json id;
    std::string problem; // a sentence; "": it was answered
    std::string text;
    ReplyFinished finished;
};

/// Answers many requests with one engine, several at once. Each answer is what it would be alone.
class BatchRun {
public:
    /// `engine` has its model loaded. At most `ahead` requests wait or run in it; what is left out
    /// of a line is as in `defaults`.
    BatchRun(Engine& engine, int ahead, ReplyRequest defaults);

    /// Reads requests until the input ends; blank lines are passed over. `answer` hears what became
    /// of each line, in the order of the input, as early as that order allows. Returns how many
    /// lines there were.
    int run(std::istream& input, const std::function<void(const BatchAnswer&)>& answer);

private:
    void readNext(std::istream& input);
    void hear(const ReplyText& text);
    void hear(ReplyFinished finished);
    void hear(const ReplyFailed& failed);
    template <class Other> void hear(const Other&) { }
    void close(ReplyId id, BatchAnswer answer);

    Engine& m_engine;
    int m_ahead;
    ReplyRequest m_defaults;
    bool m_inputEnded = false;
    int m_line = 0;
    ReplyId m_lastId = 0; // ids count the lines that are not blank, from 1
    std::map<ReplyId, BatchAnswer> m_open;
    std::map<ReplyId, BatchAnswer> m_closed; // that wait for an earlier one
};

/// The answer as an object for programs.
[[nodiscard]] nlohmann::ordered_json jsonOf(const BatchAnswer& answer);

} // namespace inglenook
