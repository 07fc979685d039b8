#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// Llama 1 to 3, Mistral and Mixtral, whose files mostly bear the name "llama", and the many models
// converted to this layout. q and k lie permuted in the file, so that neighbouring elements turn
// together. Mistral versions that scale their queries by position say so in
// "attention.temperature_scale" and are refused by it.
ModelSpec readLlama(SpecReader& file)
{
    ModelSpec spec = file.common(RopePairs::Neighbours);
    file.readExperts(spec);

    // Mistral 7B v0.1 differs by this key alone
    const int window = file.optionalInteger("attention.sliding_window", 0, 1 << 27).value_or(0);
    for (LayerSpec& layer : spec.layers)
        layer.attention.window = window;
    return spec;
}

} // namespace inglenook
