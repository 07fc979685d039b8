#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

std::vector<Architecture> allArchitectures()
{
    return {{"llama", readLlama},   {"mistral", readLlama}, {"mistral3", readLlama},
            {"qwen2", readQwen2},   {"qwen3", readQwen3},   {"qwen3moe", readQwen3Moe},
            {"phi3", readPhi3},     {"gemma2", readGemma2}, {"gemma3", readGemma3},
            {"gpt-oss", readGptOss}};
}

ModelSpec readModelSpec(const ModelFile& file)
{
    SpecReader reader(file);
    std::string known;
    for (const Architecture& architecture : allArchitectures()) {
        if (architecture.name == reader.architecture()) {
            ModelSpec spec = architecture.read(reader);
            reader.refuseUnread();
            return spec;
        }
        known += (known.empty() ? "" : ", ") + std::string(architecture.name);
    }
    reader.refuse("its family \"" + reader.architecture() +
                  "\" is not supported (supported: " + known + ")");
}

} // namespace inglenook
