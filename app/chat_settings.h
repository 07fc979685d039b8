#pragma once

#include "inference/messages.h"

#include <string>

namespace inglenook {

/// What a reply depends on besides the conversation.
struct ChatSettings {
    std::string systemPrompt;
    SamplingSettings sampling; // the seed counts only where fixedSeed
    bool fixedSeed = false;
    int maxTokens = 0;
    ContextPolicy policy = ContextPolicy::Stop;
};

} // namespace inglenook
