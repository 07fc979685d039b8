#pragma once

#include "kernels/backend.h"

#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

/// The parameters of YaRN (Peng et al. 2023, "YaRN: Efficient Context Window Extension").
struct YarnSpec {
    int originalContext = 0; // tokens the model was first trained on; 0: no YaRN
    double betaFast = 32.; // rotations over that context from where a frequency is kept
    double betaSlow = 1.; // and up to where it is divided by the factor
    bool wholePairs = true; // the ramp between begins and ends at a pair, not between two
};

/// The parameters of LongRoPE (Ding et al. 2024, "LongRoPE: Extending LLM Context Window Beyond 2
/// Million Tokens"): divisors of the frequencies that were searched for, one set for contexts that
/// are longer than the original one and one for others.
struct LongRopeSpec {
    int originalContext = 0; // tokens; 0: no LongRoPE
    std::vector<float> shortFactors; // dims / 2
    std::vector<float> longFactors; // dims / 2
};

/// How the angles of one rotary embedding grow with the position.
struct RopeSpec {
    RopePairs pairs = RopePairs::Neighbours;
    int dims = 0; // leading elements of a head that turn; even
    double base = 10000.;
    double factor = 1.; // the context was stretched so many times: angles are divided by it
    double magnitude = 1.; // cosines and sines are multiplied by it
    double ntkAlpha = 1.; // the base grows by its power of dims / (dims - 2), so that the slowest
                          // wave is that much slower and the fastest stays ("NTK-aware" scaling)
    bool ntkFollowsContext = false; // alpha is how often the trained context is in the loaded one
    int trainedContext = 0; // tokens that the model was trained on before any stretching
    YarnSpec yarn;
    LongRopeSpec longRope;
    std::vector<float> frequencyFactors; // dims / 2 divisors of the frequencies, or none
};

/// A feed-forward of many small ones, of which each row uses a few (Shazeer et al. 2017). A softmax
/// over the router's logits of those it uses weighs them.
struct ExpertsSpec {
    int count = 0; // 0: one feed-forward for all rows
    int used = 0;
    bool biases = false; // the router and every expert add some
};

/// One layer: attention, then a gated feed-forward, each added to the residual stream.
struct LayerSpec {
    AttentionShape attention;
    int rope = 0; // index of ModelSpec::ropes
    int feedForwardCols = 0; // of one expert, where there are several
    ExpertsSpec experts;
    Activation activation = Activation::Silu;
    bool fusedArrays = false; // the file has q, k and v in one array, gate and up in another
    bool qkvBias = false;
    bool attentionOutBias = false;
    bool sinks = false; // one for each query head
    bool qkNorm = false; // RMS norm over each head of q and k
    bool postNorms = false; // a norm behind attention and one behind the feed-forward
    std::string_view ffnNorm = "ffn_norm"; // how the file calls that in front of the feed-forward
};

/// A decoder-only transformer as data: all that varies between the families we compute.
struct ModelSpec {
    std::string architecture; // as the file names it: "llama"
    int vocabulary = 0;
    int dim = 0;
    int context = 0; // tokens the model was made for
    float normEps = 0.f;
    float embeddingScale = 1.f;
    float logitSoftcap = 0.f; // 0: none
    bool tiedHead = false; // the embedding is the output matrix too
    std::vector<RopeSpec> ropes;
    std::vector<LayerSpec> layers;
};

} // namespace inglenook
