#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// Phi-3, Phi-3.5 and Phi-4 (Abdin et al. 2024): as Llama, with fewer and larger arrays, and
// LongRoPE where the context is long. Only a part of a head turns in some.
ModelSpec readPhi3(SpecReader& file)
{
    ModelSpec spec = file.common(RopePairs::Halves);
    const int window = file.optionalInteger("attention.sliding_window", 0, 1 << 27).value_or(0);
    for (LayerSpec& layer : spec.layers) {
        layer.fusedArrays = true;
        layer.attention.window = window;
    }
    return spec;
}

} // namespace inglenook
