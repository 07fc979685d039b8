#include "inference/architectures/architecture.h"
#include "inference/architectures/spec_reader.h"

#include <cmath>

namespace inglenook {

// Gemma 3 (Gemma Team 2025, "Gemma 3 Technical Report"): five layers with a window and a rope of
// their own, then one that sees all; norms over the heads of q and k in place of Gemma 2's soft
// caps.
ModelSpec readGemma3(SpecReader& file)
{
    constexpr size_t kLayersOf27B = 62;
    constexpr int kLocalRope = 1;

    ModelSpec spec = file.common(RopePairs::Halves);
    if (!file.holds("output_norm.weight"))
        file.refuse("its array output_norm.weight is missing");
    const int window = file.optionalInteger("attention.sliding_window", 1, 1 << 27).value_or(1024);
    const int period =
        file.optionalInteger("attention.sliding_window_pattern", 1, 1024).value_or(6);
    const double logitCap = file.optionalNumber("final_logit_softcapping", 0., 1e6).value_or(0.);
    file.expect({"attn_logit_softcapping"}, 0.);

    // the stretched context concerns only the layers that see all of it
    RopeSpec local;
    local.pairs = RopePairs::Halves;
    local.dims = spec.ropes[0].dims;
    local.base =
        file.optionalNumber("rope.freq_base_swa", 1., 1e12)
            .value_or(file.optionalNumber("rope.local.freq_base", 1., 1e12).value_or(10000.));
    spec.ropes.push_back(local);

    spec.embeddingScale = std::sqrt(static_cast<float>(spec.dim));
    spec.logitSoftcap = static_cast<float>(logitCap);
    for (size_t i = 0; i < spec.layers.size(); ++i) {
        LayerSpec& layer = spec.layers[i];
        const bool seesAll = static_cast<int>(i) % period == period - 1;
        layer.activation = Activation::GeluTanh;
        layer.postNorms = true;
        layer.qkNorm = true;
        layer.attention.window = seesAll ? 0 : window;
        layer.rope = seesAll ? 0 : kLocalRope;
        // the 27B alone divides by the width per head; the files do not say so
        if (spec.layers.size() == kLayersOf27B)
            layer.attention.scale = 1.f /
                std::sqrt(static_cast<float>(spec.dim) / static_cast<float>(layer.attention.heads));
    }
    return spec;
}

} // namespace inglenook
