#include "inference/text/tokenizer.h"
#include "inference/text/utf8_stream.h"

namespace {

using namespace inglenook;

/// All bytes as tokens of their own, a few merges and special tokens.
Metadata byteVocabulary(const char* rules)
{
    std::vector<std::string> pieces;
    std::vector<int64_t> kinds;
    // U+0100 to U+0143 stand for the bytes that are not printable; see byte_alphabet.h.
    for (int character = 0x21; character < 0x144; ++character) {
        const bool used = character < 0x7f || (character > 0xa0 && character != 0xad);
        if (!used)
            continue;
        if (character < 0x80)
            pieces.emplace_back(1, static_cast<char>(character));
        else
            pieces.push_back({static_cast<char>(0xc0 | character >> 6),
                              static_cast<char>(0x80 | (character & 0x3f))});
        kinds.push_back(1);
    }
    for (const char* piece : {"th", "the", "<|end|>", "<x>"}) {
        pieces.emplace_back(piece);
        kinds.push_back(piece[1] == '|' ? 3 : piece[0] == '<' ? 4 : 1);
    }
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("gpt2"));
    metadata.set("tokenizer.ggml.pre", std::string(rules));
    metadata.set("tokenizer.ggml.tokens", pieces);
    metadata.set("tokenizer.ggml.token_type", kinds);
    metadata.set("tokenizer.ggml.merges", std::vector<std::string>{"t h", "th e"});
    return metadata;
}

} // namespace

// Whatever is encoded comes back, with all ways to cut text; the first byte chooses one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const std::vector<std::unique_ptr<Tokenizer>> kTokenizers = [] {
        std::vector<std::unique_ptr<Tokenizer>> all;
        for (const char* rules :
             {"gpt-2", "default", "falcon", "starcoder", "llama-bpe", "qwen2", "qwen35", "tekken",
              "gpt-4o", "deepseek-llm", "deepseek-coder", "deepseek-v3"})
            all.push_back(createTokenizer(byteVocabulary(rules)));
        return all;
    }();
    if (size == 0)
        return 0;
    const Tokenizer& tokenizer = *kTokenizers[data[0] % kTokenizers.size()];
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const bool special : {false, true})
        if (tokenizer.decode(tokenizer.encode(text, special), special) != validUtf8(text))
            __builtin_trap();
    return 0;
}
