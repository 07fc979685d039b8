#include "app/cli/stats_json.h"

#include <nlohmann/json.hpp>

namespace inglenook {

nlohmann::ordered_json jsonOf(const ReplyStats& stats)
{
    return {{"prompt_tokens", stats.promptTokens},     {"reused_tokens", stats.reusedTokens},
            {"proposed", stats.speculation.proposed},  {"accepted", stats.speculation.accepted},
            {"prefill_ms", stats.promptSeconds * 1e3}, {"decode_ms", stats.replySeconds * 1e3}};
}

} // namespace inglenook
