#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

namespace inglenook {

// gpt-oss (OpenAI 2025, "gpt-oss-120b & gpt-oss-20b Model Card", section 2): experts and biases
// everywhere, a sink for each query head, a window on every other layer from the first on.
ModelSpec readGptOss(SpecReader& file)
{
    ModelSpec spec = file.common(RopePairs::Halves);
    file.readExperts(spec);
    const int window = file.integer("attention.sliding_window", 1, 1 << 27);
    spec.ropes[0].yarn.wholePairs = false;
    for (size_t i = 0; i < spec.layers.size(); ++i) {
        LayerSpec& layer = spec.layers[i];
        if (layer.experts.count == 0)
            file.refuse("it has no experts");
        layer.experts.biases = true;
        layer.activation = Activation::ClampedSilu;
        layer.qkvBias = true;
        layer.attentionOutBias = true;
        layer.sinks = true;
        layer.ffnNorm = "post_attention_norm";
        layer.attention.window = i % 2 == 0 ? window : 0;
    }
    return spec;
}

} // namespace inglenook
