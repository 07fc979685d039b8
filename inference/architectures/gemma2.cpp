#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

#include <cmath>

namespace inglenook {

// Gemma 2 (Gemma Team 2024, "Gemma 2: Improving Open Language Models at a Practical Size"): every
// other layer sees a window only; soft caps on scores and logits; norms before and after each
// branch. The norm weights lie in the file with the family's + 1 already added.
ModelSpec readGemma2(SpecReader& file)
{
    constexpr size_t kLayersOf27B = 46;

    ModelSpec spec = file.common(RopePairs::Halves);
    const int window = file.optionalInteger("attention.sliding_window", 1, 1 << 27).value_or(4096);
    const double scoreCap = file.optionalNumber("attn_logit_softcapping", 0., 1e6).value_or(50.);
    const double logitCap = file.optionalNumber("final_logit_softcapping", 0., 1e6).value_or(30.);

    spec.embeddingScale = std::sqrt(static_cast<float>(spec.dim));
    spec.logitSoftcap = static_cast<float>(logitCap);
    for (size_t i = 0; i < spec.layers.size(); ++i) {
        LayerSpec& layer = spec.layers[i];
        layer.activation = Activation::GeluTanh;
        layer.postNorms = true;
        layer.attention.softcap = static_cast<float>(scoreCap);
        layer.attention.window = i % 2 == 0 ? window : 0;
        // the 27B alone divides by the width per head; the files do not say so
        if (spec.layers.size() == kLayersOf27B)
            layer.attention.scale = 1.f /
                std::sqrt(static_cast<float>(spec.dim) / static_cast<float>(layer.attention.heads));
    }
    return spec;
}

} // namespace inglenook
