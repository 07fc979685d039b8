#include "tests/models/tiny_vocabulary.h"

#include <cstdio>

namespace inglenook::tests {

namespace {

// as GGUF numbers the kinds of tokens
constexpr int64_t kNormal = 1;
constexpr int64_t kUnknown = 2;
constexpr int64_t kControl = 3;
constexpr int64_t kByte = 6;

// "\u2581" stands for a space
constexpr const char* kWords[] = {
    "\u2581", "e",       "t",       "a",       "o",        "i",           "n",   "s",
    "h",      "r",       "d",       "l",       "u",        "w",           "m",   "c",
    "y",      "g",       "f",       "b",       "th",       "he",          "in",  "an",
    "er",     "\u2581t", "\u2581a", "\u2581s", "the",      "\u2581the",   "and", "\u2581and",
    "ing",    "ow",      "llo",     "hello",   "\u2581he", "\u2581hello", "wor", "ld"};

} // namespace

int tinyVocabularySize()
{
    return kFirstOrdinaryToken + static_cast<int>(std::size(kWords));
}

void describeTinyVocabulary(Metadata& metadata)
{
    std::vector<std::string> tokens{"<unk>",    "<s>",           "<|end|>",
                                    "<|user|>", "<|assistant|>", "<|system|>"};
    std::vector<int64_t> kinds{kUnknown, kControl, kControl, kControl, kControl, kControl};
    std::vector<double> scores(tokens.size(), 0.);
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
        tokens.emplace_back(name);
        kinds.push_back(kByte);
        scores.push_back(0.);
    }
    for (const char* word : kWords) {
        scores.push_back(
            -static_cast<double>(tokens.size() - static_cast<size_t>(kFirstOrdinaryToken)) - 1.);
        tokens.emplace_back(word);
        kinds.push_back(kNormal);
    }
    metadata.set("tokenizer.ggml.model", std::string("llama"));
    metadata.set("tokenizer.ggml.tokens", std::move(tokens));
    metadata.set("tokenizer.ggml.token_type", std::move(kinds));
    metadata.set("tokenizer.ggml.scores", std::move(scores));
    metadata.set("tokenizer.ggml.bos_token_id", int64_t{kTinyBos});
    metadata.set("tokenizer.ggml.eos_token_id", int64_t{kTinyEnd});
    metadata.set("tokenizer.ggml.unknown_token_id", int64_t{0});
    metadata.set("tokenizer.ggml.add_bos_token", true);
    metadata.set(
        "tokenizer.chat_template",
        std::string(
            "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + "
            "message['content'] + '<|end|>' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"));
}

} // namespace inglenook::tests
