#include "inference/engine_sentences.h"

#include <new>

namespace inglenook {

std::string sentenceOf(const std::exception& error)
{
    if (dynamic_cast<const std::bad_alloc*>(&error))
        return "There is not enough memory. Close other programs, or choose a smaller model or "
               "context.";
    return error.what();
}

std::string tooLong(const ReplyRequest& request, int length, int context)
{
    const bool whole = request.policy == ContextPolicy::Stop;
    return std::string(whole ? "The conversation has "
                             : "The last message and what must stay have ") +
        std::to_string(length) + " tokens, but the context holds " + std::to_string(context) +
        (whole ? ". Start a new chat, shorten the message" : ". Shorten the message") +
        ", or load the model with a larger context.";
}

} // namespace inglenook
