#include "tests/models/tiny_model.h"

#include "inference/model_files/gguf_writer.h"
#include "kernels/quant_formats.h"
#include "tests/models/tiny_vocabulary.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <stdexcept>

namespace inglenook::tests {

namespace {

/// What varies between the tiny models; the rest is width 64.
struct TinyShape {
    std::string name;
    std::string family;
    int layers = 2;
    int heads = 4;
    int kvHeads = 2;
    int headSize = 16;
    bool tiedHead = false;
    bool biases = false;
    bool gptOss = false; // more biases, and sinks
    bool qkNorms = false;
    bool postNorms = false;
    bool frequencyFactors = false;
    bool longRope = false;
    bool fused = false; // q, k and v in one array, gate and up in another
    int feedForward = 96;
    int experts = 0;
    std::vector<std::pair<std::string, Metadata::Value>> extra = {}; // keys of the family
};

constexpr int kDim = 64;

std::vector<TinyShape> shapes()
{
    std::vector<TinyShape> all;
    all.push_back({.name = "llama", .family = "llama"});
    all.push_back({.name = "llama-mqa", .family = "llama", .kvHeads = 1, .tiedHead = true});
    all.push_back(
        {.name = "llama-linear",
         .family = "llama",
         .extra = {{"rope.scaling.type", std::string("linear")}, {"rope.scaling.factor", 4.}}});
    all.push_back({.name = "llama3",
                   .family = "llama",
                   .heads = 8,
                   .frequencyFactors = true,
                   .extra = {{"rope.freq_base", 500000.}}});
    all.push_back({.name = "llama-yarn",
                   .family = "llama",
                   .extra = {{"rope.scaling.type", std::string("yarn")},
                             {"rope.scaling.factor", 4.},
                             {"rope.scaling.original_context_length", int64_t{64}}}});
    // longer than what it was trained on, and not
    for (const int original : {64, 256})
        all.push_back({.name = original < 256 ? "llama-longrope" : "llama-shortrope",
                       .family = "llama",
                       .longRope = true,
                       .extra = {{"rope.scaling.type", std::string("longrope")},
                                 {"rope.scaling.attn_factor", 1.19},
                                 {"rope.scaling.original_context_length", int64_t{original}}}});
    all.push_back({.name = "mistral-window",
                   .family = "llama",
                   .extra = {{"attention.sliding_window", int64_t{8}}}});
    all.push_back({.name = "qwen2", .family = "qwen2", .tiedHead = true, .biases = true});
    all.push_back({.name = "qwen3", .family = "qwen3", .headSize = 32, .qkNorms = true});
    all.push_back({.name = "qwen3moe",
                   .family = "qwen3moe",
                   .headSize = 32,
                   .qkNorms = true,
                   .feedForward = 32,
                   .experts = 8,
                   .extra = {{"expert_count", int64_t{8}},
                             {"expert_used_count", int64_t{3}},
                             {"feed_forward_length", int64_t{192}}, // of nothing in the file
                             {"expert_feed_forward_length", int64_t{32}}}});
    all.push_back({.name = "mixtral",
                   .family = "llama",
                   .experts = 5,
                   .extra = {{"expert_count", int64_t{5}}, {"expert_used_count", int64_t{2}}}});
    all.push_back({.name = "gpt-oss",
                   .family = "gpt-oss",
                   .layers = 3,
                   .biases = true,
                   .gptOss = true,
                   .feedForward = 64,
                   .experts = 6,
                   .extra = {{"expert_count", int64_t{6}},
                             {"expert_used_count", int64_t{2}},
                             {"expert_feed_forward_length", int64_t{64}},
                             {"attention.sliding_window", int64_t{12}}}});
    all.push_back({.name = "phi", .family = "phi3", .fused = true});
    all.push_back({.name = "phi-longrope",
                   .family = "phi3",
                   .longRope = true,
                   .fused = true,
                   .extra = {{"rope.dimension_count", int64_t{12}},
                             {"rope.scaling.attn_factor", 1.19},
                             {"rope.scaling.original_context_length", int64_t{64}}}});
    all.push_back({.name = "gemma2",
                   .family = "gemma2",
                   .layers = 3,
                   .headSize = 32,
                   .tiedHead = true,
                   .postNorms = true,
                   .extra = {{"attention.sliding_window", int64_t{12}},
                             {"attn_logit_softcapping", 50.},
                             {"final_logit_softcapping", 30.}}});
    all.push_back({.name = "gemma3",
                   .family = "gemma3",
                   .layers = 7,
                   .heads = 2,
                   .kvHeads = 1,
                   .headSize = 32,
                   .tiedHead = true,
                   .qkNorms = true,
                   .postNorms = true,
                   .extra = {{"attention.sliding_window", int64_t{12}},
                             {"rope.freq_base", 1000000.},
                             {"rope.scaling.type", std::string("linear")},
                             {"rope.scaling.factor", 8.}}});
    return all;
}

/// Numbers that look random and are the same everywhere (SplitMix64).
class Numbers {
public:
    explicit Numbers(std::string_view seed)
    {
        for (const char c : seed)
            m_state = (m_state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }

    uint64_t bits()
    {
        uint64_t x = m_state += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    /// In [centre - reach, centre + reach).
    float next(float centre, float reach)
    {
        const auto unit = static_cast<float>(bits() >> 40) * 0x1p-23f - 1.f;
        return centre + unit * reach;
    }

private:
    uint64_t m_state = 0xcbf29ce484222325;
};

class TinyModelFile final : public ModelFile {
public:
    TinyModelFile(const TinyShape& shape, DType type)
        : m_path("tiny " + shape.name)
        , m_seed(shape.name)
        , m_type(type)
    {
        describe(shape);
        addArrays(shape);
    }

    const std::string& path() const override { return m_path; }
    const Metadata& metadata() const override { return m_metadata; }
    std::span<const ModelArray> arrays() const override { return m_arrays; }
    uint64_t fileBytes() const override { return m_bytes; }
    const ModelArray* find(std::string_view name) const override
    {
        const auto found = std::ranges::find(m_arrays, name, &ModelArray::name);
        return found == m_arrays.end() ? nullptr : &*found;
    }

private:
    void describe(const TinyShape& shape);
    void addArrays(const TinyShape& shape);
    void add(const std::string& name, DType type, int rows, int cols, float centre, float reach);
    void addMatrix(const std::string& name, int rows, int cols, double gain = 1.);
    void addExperts(const std::string& name, int experts, int rows, int cols);
    void addAttention(const std::string& layer, const TinyShape& shape);
    void addFeedForward(const std::string& layer, const TinyShape& shape);
    void addNorm(const std::string& name, int cols) { add(name, DType::F32, 1, cols, 1.f, 0.3f); }

    std::string m_path;
    std::string m_seed;
    DType m_type;
    Metadata m_metadata;
    std::deque<std::vector<std::byte>> m_storage;
    std::vector<ModelArray> m_arrays;
    uint64_t m_bytes = 0;
};

void TinyModelFile::describe(const TinyShape& shape)
{
    const auto key = [&](const char* name) { return shape.family + "." + name; };
    m_metadata.set("general.architecture", shape.family);
    m_metadata.set("general.name", "tiny " + shape.name);
    m_metadata.set(key("context_length"), int64_t{256});
    m_metadata.set(key("embedding_length"), int64_t{kDim});
    m_metadata.set(key("block_count"), int64_t{shape.layers});
    m_metadata.set(key("feed_forward_length"), int64_t{shape.feedForward});
    m_metadata.set(key("attention.head_count"), int64_t{shape.heads});
    m_metadata.set(key("attention.head_count_kv"), int64_t{shape.kvHeads});
    m_metadata.set(key("attention.key_length"), int64_t{shape.headSize});
    m_metadata.set(key("attention.value_length"), int64_t{shape.headSize});
    m_metadata.set(key("attention.layer_norm_rms_epsilon"), 1e-5);
    m_metadata.set(key("rope.dimension_count"), int64_t{shape.headSize});
    m_metadata.set(key("rope.freq_base"), 10000.);
    for (const auto& [name, value] : shape.extra)
        m_metadata.set(shape.family + "." + name, value);
    describeTinyVocabulary(m_metadata);
}

void TinyModelFile::add(const std::string& name, DType type, int rows, int cols, float centre,
                        float reach)
{
    Numbers numbers(m_seed + " " + name);
    std::vector<float> values(static_cast<size_t>(cols));
    std::vector<std::byte>& bytes =
        m_storage.emplace_back(static_cast<size_t>(rows) * rowBytes(type, cols));
    for (int r = 0; r < rows; ++r) {
        for (float& value : values)
            value = numbers.next(centre, reach);
        quantiseRow(type, values,
                    std::span(bytes).subspan(static_cast<size_t>(r) * rowBytes(type, cols),
                                             rowBytes(type, cols)));
    }
    ModelArray array;
    array.name = name;
    array.typeName = std::string(inglenook::name(type));
    array.type = type;
    array.dimensions = {cols};
    if (rows > 1)
        array.dimensions.push_back(rows);
    array.rows = rows;
    array.cols = cols;
    array.byteCount = bytes.size();
    array.bytes = bytes;
    m_bytes += bytes.size();
    m_arrays.push_back(std::move(array));
}

void TinyModelFile::addMatrix(const std::string& name, int rows, int cols, double gain)
{
    const bool whole = cols % facts(m_type).blockElements == 0;
    add(name, whole ? m_type : DType::F32, rows, cols, 0.f,
        static_cast<float>(gain * std::sqrt(3. / cols)));
}

/// Matrices behind each other, as one array of three dimensions.
void TinyModelFile::addExperts(const std::string& name, int experts, int rows, int cols)
{
    addMatrix(name, experts * rows, cols);
    m_arrays.back().dimensions = {cols, rows, experts};
}

void TinyModelFile::addAttention(const std::string& layer, const TinyShape& shape)
{
    const int q = shape.heads * shape.headSize;
    const int kv = shape.kvHeads * shape.headSize;
    if (shape.fused) {
        addMatrix(layer + "attn_qkv.weight", q + 2 * kv, kDim, 1.2);
    } else {
        addMatrix(layer + "attn_q.weight", q, kDim, 1.2);
        addMatrix(layer + "attn_k.weight", kv, kDim, 1.2);
        addMatrix(layer + "attn_v.weight", kv, kDim);
    }
    addMatrix(layer + "attn_output.weight", kDim, q);
    if (shape.biases) {
        add(layer + "attn_q.bias", DType::F32, 1, q, 0.f, 1.f);
        add(layer + "attn_k.bias", DType::F32, 1, kv, 0.f, 1.f);
        add(layer + "attn_v.bias", DType::F32, 1, kv, 0.f, 1.f);
    }
    if (shape.gptOss) {
        add(layer + "attn_output.bias", DType::F32, 1, kDim, 0.f, 0.5f);
        add(layer + "attn_sinks.weight", DType::F32, 1, shape.heads, 0.f, 3.f);
    }
    if (shape.qkNorms) {
        addNorm(layer + "attn_q_norm.weight", shape.headSize);
        addNorm(layer + "attn_k_norm.weight", shape.headSize);
    }
}

void TinyModelFile::addFeedForward(const std::string& layer, const TinyShape& shape)
{
    const int cols = shape.feedForward;
    if (shape.experts > 0) {
        addMatrix(layer + "ffn_gate_inp.weight", shape.experts, kDim, 1.5);
        addExperts(layer + "ffn_gate_exps.weight", shape.experts, cols, kDim);
        addExperts(layer + "ffn_up_exps.weight", shape.experts, cols, kDim);
        addExperts(layer + "ffn_down_exps.weight", shape.experts, kDim, cols);
        if (!shape.gptOss)
            return;
        add(layer + "ffn_gate_inp.bias", DType::F32, 1, shape.experts, 0.f, 1.f);
        add(layer + "ffn_gate_exps.bias", DType::F32, shape.experts, cols, 0.f, 2.f);
        add(layer + "ffn_up_exps.bias", DType::F32, shape.experts, cols, 0.f, 4.f);
        add(layer + "ffn_down_exps.bias", DType::F32, shape.experts, kDim, 0.f, 1.f);
        return;
    }
    if (shape.fused) {
        addMatrix(layer + "ffn_up.weight", 2 * cols, kDim);
    } else {
        addMatrix(layer + "ffn_gate.weight", cols, kDim);
        addMatrix(layer + "ffn_up.weight", cols, kDim);
    }
    addMatrix(layer + "ffn_down.weight", kDim, cols);
}

void TinyModelFile::addArrays(const TinyShape& shape)
{
    addMatrix("token_embd.weight", tinyVocabularySize(), kDim, shape.tiedHead ? 2. : 8.);
    for (int i = 0; i < shape.layers; ++i) {
        const std::string layer = "blk." + std::to_string(i) + ".";
        addNorm(layer + "attn_norm.weight", kDim);
        addAttention(layer, shape);
        addNorm(layer + (shape.gptOss ? "post_attention_norm.weight" : "ffn_norm.weight"), kDim);
        addFeedForward(layer, shape);
        if (shape.postNorms) {
            addNorm(layer + "post_attention_norm.weight", kDim);
            addNorm(layer + "post_ffw_norm.weight", kDim);
        }
    }
    addNorm("output_norm.weight", kDim);
    if (!shape.tiedHead)
        addMatrix("output.weight", tinyVocabularySize(), kDim, 2.);
    if (shape.frequencyFactors)
        add("rope_freqs.weight", DType::F32, 1, shape.headSize / 2, 4.f, 3.f);
    if (shape.longRope) {
        const auto turned = static_cast<int>(
            *m_metadata.integer(shape.family + ".rope.dimension_count", 2, shape.headSize));
        add("rope_factors_long.weight", DType::F32, 1, turned / 2, 6.f, 4.f);
        add("rope_factors_short.weight", DType::F32, 1, turned / 2, 1.5f, 0.5f);
    }
}

} // namespace

std::vector<std::string> tinyModelNames()
{
    std::vector<std::string> names;
    for (const TinyShape& shape : shapes())
        names.push_back(shape.name);
    return names;
}

std::unique_ptr<ModelFile> tinyModel(std::string_view name, DType type)
{
    for (const TinyShape& shape : shapes()) {
        if (shape.name == name)
            return std::make_unique<TinyModelFile>(shape, type);
    }
    throw std::invalid_argument("no tiny model is called " + std::string(name));
}

void writeModel(const ModelFile& model, const std::string& path)
{
    std::vector<GgufArray> arrays;
    for (const ModelArray& array : model.arrays())
        arrays.push_back({.name = array.name,
                          .typeName = array.typeName,
                          .dimensions = array.dimensions,
                          .bytes = array.bytes});
    writeGguf(path, model.metadata(), arrays);
}

std::vector<int32_t> tinyPrompt(int count, uint64_t seed)
{
    Numbers numbers("prompt " + std::to_string(seed));
    const int ordinary = tinyVocabularySize() - kFirstOrdinaryToken;
    std::vector<int32_t> tokens{kTinyBos};
    while (static_cast<int>(tokens.size()) < count)
        tokens.push_back(kFirstOrdinaryToken +
                         static_cast<int32_t>(numbers.bits() % static_cast<uint64_t>(ordinary)));
    return tokens;
}

} // namespace inglenook::tests
