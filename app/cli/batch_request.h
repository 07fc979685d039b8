#pragma once

#include "inference/messages.h"

#include <istream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace inglenook {

/// The longest line of a file of requests that is read.
inline constexpr size_t kLongestLine = size_t{16} << 20;

enum class LineRead { Line, TooLong, End };

/// Reads the next line without its end. Of one that is too long nothing is kept.
[[nodiscard]] LineRead readLine(std::istream& input, std::string& line,
                                size_t longest = kLongestLine);

/// One line of a file of requests.
struct BatchRequest {
    nlohmann::json id; // as given, else the number of the line
    std::string problem; // a sentence; "": the request is good
    ReplyRequest request;
};

/// Reads {"prompt": text} or {"messages": [{"role", "content"} ...]}, both with "max_tokens",
/// "seed", "temperature", "top_k", "top_p", "min_p", "stop" and "id" if wanted; what is left out is
/// as in `defaults`. A prompt is continued as it is. Throws nothing: a bad line has a problem.
[[nodiscard]] BatchRequest parseBatchRequest(std::string_view line, int number,
                                             const ReplyRequest& defaults);

} // namespace inglenook
