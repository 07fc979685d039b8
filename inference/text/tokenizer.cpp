#include "inference/text/tokenizer.h"

#include "inference/text/byte_bpe_tokenizer.h"
#include "inference/text/sentencepiece_tokenizer.h"

#include <stdexcept>

namespace inglenook {

std::unique_ptr<Tokenizer> createTokenizer(const Metadata& metadata)
{
    const std::string kind = metadata.requireText("tokenizer.ggml.model");
    if (kind == "llama")
        return std::make_unique<SentencepieceTokenizer>(metadata);
    if (kind == "gpt2")
        return std::make_unique<ByteBpeTokenizer>(metadata);
    throw std::runtime_error("The model has a vocabulary of the kind \"" + kind +
                             "\", and Inglenook can read only \"llama\" and \"gpt2\".");
}

} // namespace inglenook
