#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// Qwen 3 (dense): the biases of Qwen 2 gave way to a norm over each head of q and k.
ModelSpec readQwen3(SpecReader& file)
{
    ModelSpec spec = file.common(RopePairs::Halves);
    for (LayerSpec& layer : spec.layers)
        layer.qkNorm = true;
    return spec;
}

} // namespace inglenook
