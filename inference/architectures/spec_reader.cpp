#include "inference/architectures/spec_reader.h"

#include "inference/model/rope_scaling.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace inglenook {

namespace {

constexpr int kMostLayers = 1024;
constexpr int kMostCols = 1 << 20;
constexpr int kMostHeads = 4096;
constexpr int kMostHeadSize = 1024;
constexpr int kMostContext = 1 << 27;
constexpr int kMostExperts = 4096;

constexpr std::string_view kFrequencyFactors = "rope_freqs.weight";
constexpr std::string_view kShortFactors = "rope_factors_short.weight";
constexpr std::string_view kLongFactors = "rope_factors_long.weight";

} // namespace

SpecReader::SpecReader(const ModelFile& file)
    : m_file(file)
    , m_architecture(file.metadata().requireText("general.architecture"))
{
}

std::string SpecReader::fullName(std::string_view key)
{
    std::string name = m_architecture + "." + std::string(key);
    m_known.insert(name);
    return name;
}

void SpecReader::refuse(const std::string& what) const
{
    throw std::runtime_error("The model in \"" + m_file.path() + "\" cannot be used: " + what +
                             ". Choose another model.");
}

int SpecReader::integer(std::string_view key, int least, int most)
{
    return static_cast<int>(m_file.metadata().requireInteger(fullName(key), least, most));
}

std::optional<int> SpecReader::optionalInteger(std::string_view key, int least, int most)
{
    const auto value = m_file.metadata().integer(fullName(key), least, most);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<double> SpecReader::optionalNumber(std::string_view key, double least, double most)
{
    const std::string name = fullName(key);
    const auto value = m_file.metadata().number(name);
    if (value && (*value < least || *value > most)) {
        refuse("the value of " + name + " is " + std::to_string(*value) + ", expected " +
               std::to_string(least) + " to " + std::to_string(most));
    }
    return value;
}

std::optional<std::string> SpecReader::optionalText(std::string_view key)
{
    return m_file.metadata().text(fullName(key));
}

void SpecReader::ignore(std::initializer_list<std::string_view> keys)
{
    for (const std::string_view key : keys)
        static_cast<void>(fullName(key));
}

void SpecReader::expect(std::initializer_list<std::string_view> keys, double value)
{
    for (const std::string_view key : keys) {
        const std::string name = fullName(key);
        if (!m_file.metadata().has(name))
            continue;
        const auto& found = m_file.metadata().all().find(name)->second;
        const bool* flag = std::get_if<bool>(&found);
        const double number =
            flag ? (*flag ? 1. : 0.) : m_file.metadata().number(name).value_or(value);
        if (number != value)
            refuse("its feature \"" + name + "\" is not supported");
    }
}

void SpecReader::refuseUnread()
{
    if (!m_known.contains(m_architecture + ".expert_count"))
        expect({"expert_count", "expert_used_count"}, 0.);
    const std::string prefix = m_architecture + ".";
    for (const auto& [name, value] : m_file.metadata().all()) {
        if (name.starts_with(prefix) && !m_known.contains(name))
            refuse("its setting \"" + name + "\" is not understood");
    }
}

ModelSpec SpecReader::common(RopePairs pairs)
{
    ignore({"vocab_size", "tensor_data_layout", "rope.scaling.finetuned",
            "attention.layer_norm_epsilon", "mm.tokens_per_image"});
    expect({"attention.clamp_kqv", "attention.max_alibi_bias", "attention.temperature_scale",
            "nextn_predict_layers", "leading_dense_block_count", "pooling_type",
            "use_parallel_residual", "attention.shared_kv_layers", "residual_scale"},
           0.);
    expect({"attention.causal", "attention.group_norm_groups"}, 1.);
    expect({"logit_scale", "embedding_scale"}, 1.);

    ModelSpec spec;
    spec.architecture = m_architecture;
    spec.context = integer("context_length", 1, kMostContext);
    spec.dim = integer("embedding_length", 1, kMostCols);
    const int layerCount = integer("block_count", 1, kMostLayers);
    const int feedForward = integer("feed_forward_length", 1, kMostCols);
    spec.normEps = static_cast<float>(
        optionalNumber("attention.layer_norm_rms_epsilon", 0., 1.).value_or(1e-5));

    AttentionShape attention;
    attention.heads = integer("attention.head_count", 1, kMostHeads);
    attention.kvHeads =
        optionalInteger("attention.head_count_kv", 1, kMostHeads).value_or(attention.heads);
    if (attention.heads % attention.kvHeads != 0)
        refuse("its " + std::to_string(attention.heads) + " heads are no multiple of its " +
               std::to_string(attention.kvHeads) + " key heads");
    const auto keySize = optionalInteger("attention.key_length", 2, kMostHeadSize);
    if (!keySize && spec.dim % attention.heads != 0)
        refuse("its width is no multiple of its heads");
    attention.headSize = keySize.value_or(spec.dim / attention.heads);
    const int valueSize =
        optionalInteger("attention.value_length", 2, kMostHeadSize).value_or(attention.headSize);
    if (valueSize != attention.headSize)
        refuse("its keys and values differ in length, which is not supported");
    if (attention.headSize % 2 != 0)
        refuse("its heads have an odd length, which is not supported");
    attention.scale = static_cast<float>(
        optionalNumber("attention.scale", 1e-6, 1e3).value_or(1. / std::sqrt(attention.headSize)));

    RopeSpec rope;
    rope.pairs = pairs;
    rope.dims =
        optionalInteger("rope.dimension_count", 2, attention.headSize).value_or(attention.headSize);
    if (rope.dims % 2 != 0)
        refuse("it turns an odd number of elements of a head");
    rope.base = optionalNumber("rope.freq_base", 1., 1e12).value_or(10000.);
    readScaling(rope, spec.context);
    readFrequencyFactors(rope);
    settleRope(rope, spec.context);
    spec.ropes.push_back(std::move(rope));

    const ModelArray* table = m_file.find("token_embd.weight");
    if (!table)
        refuse("its array token_embd.weight is missing");
    if (table->rows < 1 || table->rows > (1 << 24))
        refuse("its vocabulary has an impossible size");
    spec.vocabulary = static_cast<int>(table->rows);
    spec.tiedHead = !holds("output.weight");
    spec.layers.assign(static_cast<size_t>(layerCount),
                       LayerSpec{.attention = attention, .feedForwardCols = feedForward});
    return spec;
}

void SpecReader::readExperts(ModelSpec& spec)
{
    constexpr double kSoftmax = 1.; // as files number the ways of weighing
    const int count = optionalInteger("expert_count", 0, kMostExperts).value_or(0);
    if (count == 0) {
        expect({"expert_used_count"}, 0.);
        return;
    }
    const int used = integer("expert_used_count", 1, count);
    const int cols = optionalInteger("expert_feed_forward_length", 1, kMostCols)
                         .value_or(spec.layers.front().feedForwardCols);
    expect({"expert_gating_func"}, kSoftmax);
    expect({"expert_weights_norm", "expert_weights_scale"}, 1.);
    expect({"expert_shared_count", "expert_shared_feed_forward_length", "expert_group_count",
            "expert_group_used_count"},
           0.);
    for (LayerSpec& layer : spec.layers) {
        layer.feedForwardCols = cols;
        layer.experts = {.count = count, .used = used};
    }
}

void SpecReader::readScaling(RopeSpec& rope, int context)
{
    const std::string kind = optionalText("rope.scaling.type").value_or("");
    const auto oldFactor = optionalNumber("rope.scale_linear", 0., 1e6);
    const double factor =
        optionalNumber("rope.scaling.factor", 0., 1e6).value_or(oldFactor.value_or(0.));
    const int original =
        optionalInteger("rope.scaling.original_context_length", 1, kMostContext).value_or(context);
    const auto magnitude = optionalNumber("rope.scaling.attn_factor", 1e-3, 1e3);
    const double betaFast = optionalNumber("rope.scaling.yarn_beta_fast", 1e-3, 1e6).value_or(32.);
    const double betaSlow = optionalNumber("rope.scaling.yarn_beta_slow", 1e-3, 1e6).value_or(1.);
    const bool longRope = kind == "longrope" || holds(kLongFactors) || holds(kShortFactors);
    expect({"rope.scaling.yarn_log_multiplier"}, 0.);
    expect({"rope.scaling.yarn_ext_factor", "rope.scaling.yarn_attn_factor"}, 1.);

    rope.magnitude = magnitude.value_or(1.);
    rope.trainedContext = original;
    if (kind == "none" && !longRope)
        return;
    if (!kind.empty() && kind != "linear" && kind != "yarn" && kind != "longrope")
        refuse("its rope scaling \"" + kind + "\" is not supported");
    if (longRope && (kind == "linear" || kind == "yarn"))
        refuse("its rope scaling is \"" + kind + "\" and \"longrope\" at once");
    if (factor > 0.)
        rope.factor = factor;
    if (kind == "yarn")
        rope.yarn = {.originalContext = original, .betaFast = betaFast, .betaSlow = betaSlow};
    else if (factor > 1. && original == context)
        rope.trainedContext = std::max(1, static_cast<int>(context / factor));
    if (!longRope)
        return;
    rope.longRope = {.originalContext = original,
                     .shortFactors = factors(kShortFactors, rope.dims / 2),
                     .longFactors = factors(kLongFactors, rope.dims / 2)};
    // the entropy of attention over the longer context is kept (LongRoPE as in Phi-3)
    if (!magnitude && original > 1 && context > original)
        rope.magnitude = std::sqrt(1. +
                                   std::log(static_cast<double>(context) / original) /
                                       std::log(static_cast<double>(original)));
}

void SpecReader::readFrequencyFactors(RopeSpec& rope)
{
    if (holds(kFrequencyFactors))
        rope.frequencyFactors = factors(kFrequencyFactors, rope.dims / 2);
}

std::vector<float> SpecReader::factors(std::string_view name, int count) const
{
    const std::string text(name);
    const ModelArray* array = m_file.find(name);
    if (!array)
        refuse("its array " + text + " is missing, which its rope scaling \"longrope\" needs");
    if (!array->supported || array->type != DType::F32 || array->rows != 1 || array->cols != count)
        refuse("its array " + text + " is not one row of " + std::to_string(count) +
               " F32 numbers");
    std::vector<float> values(static_cast<size_t>(count));
    std::memcpy(values.data(), array->bytes.data(), array->bytes.size());
    for (const float factor : values) {
        if (!std::isfinite(factor) || factor <= 0.f)
            refuse("its array " + text + " holds a number that is not positive");
    }
    return values;
}

} // namespace inglenook
