#pragma once

#include "inference/messages.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inglenook {

/// Coming back to a conversation of so many tokens.
struct Reopening {
    int tokens = 0;
    double coldSeconds = 0.; // to the first token, everything computed
    double warmSeconds = 0.; // to the first token after a restart, the files no longer in memory
    int restored = 0; // of the tokens
    uint64_t bytes = 0; // of them on disk
    double diskBandwidth = 0.; // bytes/s of the same files, read in order in the same run
    double stepSeconds = 0.; // one decode step behind the conversation

    /// What restoring takes at least: to read the bytes and to compute one step.
    [[nodiscard]] double limit() const
    {
        return static_cast<double>(bytes) / diskBandwidth + stepSeconds;
    }
};

struct ReopenFigures {
    std::string model;
    std::string device;
    std::string firstDevice; // that computed the conversations
    std::vector<Reopening> lengths;
};

/// Computes a conversation of each length on the first device ("": that of the request), ends the
/// engine, lets the system forget the files, and comes back. `folder` is emptied before each.
/// Throws std::runtime_error with a sentence.
[[nodiscard]] ReopenFigures measureReopening(LoadRequest request, const std::string& folder,
                                             const std::string& firstDevice,
                                             const std::vector<int>& lengths);

[[nodiscard]] std::string tableOf(const ReopenFigures& figures);
[[nodiscard]] std::string jsonOf(const ReopenFigures& figures);
/// An SVG: seconds to the first token over the length, computed against restored.
[[nodiscard]] std::string pictureOf(const ReopenFigures& figures);

} // namespace inglenook
