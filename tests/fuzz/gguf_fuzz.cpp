#include "inference/model_files/byte_cursor.h"
#include "inference/model_files/gguf_file.h"
#include "inference/text/tokenizer.h"

// Any bytes are either a GGUF file whose arrays lie inside it, or refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace inglenook;
    const auto bytes = std::as_bytes(std::span(data, size));
    GgufContents contents;
    try {
        contents = parseGguf(bytes);
    } catch (const FileFault&) {
        return 0;
    }
    for (const ModelArray& array : contents.arrays)
        if (array.bytes.data() < bytes.data() ||
            array.bytes.data() + array.bytes.size() > bytes.data() + size)
            __builtin_trap();
    try {
        (void)createTokenizer(contents.metadata);
    } catch (const std::runtime_error&) {
        return 0;
    }
    return 0;
}
