#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// Qwen 3 with experts: as Qwen 3 but for the feed-forward. The weights of those that are used
// always add up to one.
ModelSpec readQwen3Moe(SpecReader& file)
{
    ModelSpec spec = readQwen3(file);
    file.readExperts(spec);
    return spec;
}

} // namespace inglenook
