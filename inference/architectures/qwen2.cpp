#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// Qwen 2 and 2.5, and models distilled into their layout: biases on q, k and v; the halves of a
// head turn together.
ModelSpec readQwen2(SpecReader& file)
{
    ModelSpec spec = file.common(RopePairs::Halves);
    for (LayerSpec& layer : spec.layers)
        layer.qkvBias = true;
    return spec;
}

} // namespace inglenook
