// Writes a model of a real shape with random weights, for benchmarks: speed does not depend on what
// the numbers are, only on their format. The same arguments give the same file.
//
//     make_random_model FILE 0.6B|1B|8B|3B-A0.5B|4B-gpt-oss FORMAT
//
// FORMAT is that of the matrices (Q4_K, MXFP4, ...), or Q4_K_M for the usual mixture of two. Of the
// gpt-oss shape only the experts have it; the rest is Q8_0, as in the files people use.

#include "inference/model_files/gguf_writer.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inglenook;

namespace {

struct Shape {
    int dim;
    int layers;
    int heads;
    int kvHeads;
    int headSize;
    int feedForward;
    int vocabulary;
    int experts = 0;
    int usedExperts = 0;
    bool gptOss = false;
};

const std::map<std::string, Shape> kShapes = {
    {"0.6B", {1024, 28, 16, 8, 128, 3072, 32000}},
    {"1B", {2048, 16, 32, 8, 64, 8192, 128256}},
    {"8B", {4096, 32, 32, 8, 128, 14336, 128256}},
    {"3B-A0.5B", {2048, 8, 32, 4, 128, 768, 32000, 64, 8}}, // layers as of Qwen3-30B-A3B
    {"4B-gpt-oss", {2880, 4, 64, 8, 64, 2880, 32000, 32, 4, true}}, // as of gpt-oss-20b
};

/// Rows of random weights: a few are quantised, then laid out again and again.
class RandomRows {
public:
    std::vector<std::byte> matrix(DType type, int rows, int cols)
    {
        const size_t bytes = rowBytes(type, cols);
        std::vector<std::byte> pool = quantised(type, cols);
        std::vector<std::byte> all(bytes * static_cast<size_t>(rows));
        for (int r = 0; r < rows; ++r) {
            const size_t from = m_random() % kPool * bytes;
            std::copy_n(pool.begin() + static_cast<std::ptrdiff_t>(from), bytes,
                        all.begin() + static_cast<std::ptrdiff_t>(bytes * static_cast<size_t>(r)));
        }
        return all;
    }

private:
    static constexpr size_t kPool = 64;

    std::vector<std::byte> quantised(DType type, int cols)
    {
        std::normal_distribution<float> normal(0.f, 1.f / std::sqrt(static_cast<float>(cols)));
        const size_t bytes = rowBytes(type, cols);
        std::vector<std::byte> pool(bytes * kPool);
        std::vector<float> values(static_cast<size_t>(cols));
        for (size_t r = 0; r < kPool; ++r) {
            for (float& v : values)
                v = normal(m_random);
            quantiseRow(type, values, std::span(pool).subspan(r * bytes, bytes));
        }
        return pool;
    }

    std::mt19937 m_random{1};
};

class ModelWriter {
public:
    ModelWriter(const Shape& shape, const std::string& level)
        : m_shape(shape)
        , m_mixed(level == "Q4_K_M")
        , m_type(typeNamed(m_mixed ? "Q4_K" : level))
    {
    }

    void write(const std::string& path)
    {
        describe();
        addVocabulary();
        addArrays();
        writeGguf(path, m_metadata, m_arrays);
    }

private:
    static DType typeNamed(const std::string& text)
    {
        for (const DType type : kWeightTypes) {
            if (name(type) == text)
                return type;
        }
        throw std::runtime_error(text + " is not a weight format.");
    }

    void describe()
    {
        const Shape& s = m_shape;
        const std::string family = s.gptOss ? "gpt-oss" : "llama";
        m_metadata.set("general.architecture", family);
        if (s.experts > 0) {
            m_metadata.set(family + ".expert_count", int64_t{s.experts});
            m_metadata.set(family + ".expert_used_count", int64_t{s.usedExperts});
        }
        if (s.gptOss) {
            m_metadata.set("gpt-oss.attention.sliding_window", int64_t{128});
            m_metadata.set("gpt-oss.expert_feed_forward_length", int64_t{s.feedForward});
        }
        m_metadata.set("general.name", std::string("random"));
        m_metadata.set(family + ".block_count", int64_t{s.layers});
        m_metadata.set(family + ".context_length", int64_t{32768});
        m_metadata.set(family + ".embedding_length", int64_t{s.dim});
        m_metadata.set(family + ".feed_forward_length", int64_t{s.feedForward});
        m_metadata.set(family + ".attention.head_count", int64_t{s.heads});
        m_metadata.set(family + ".attention.head_count_kv", int64_t{s.kvHeads});
        m_metadata.set(family + ".attention.key_length", int64_t{s.headSize});
        m_metadata.set(family + ".attention.value_length", int64_t{s.headSize});
        m_metadata.set(family + ".attention.layer_norm_rms_epsilon", 1e-5);
        m_metadata.set(family + ".rope.dimension_count", int64_t{s.headSize});
        m_metadata.set(family + ".rope.freq_base", 500000.);
        m_metadata.set(family + ".vocab_size", int64_t{s.vocabulary});
    }

    void addVocabulary()
    {
        std::vector<std::string> pieces = {"<unk>", "<s>", "</s>"};
        std::vector<int64_t> types = {2, 3, 3};
        for (int byte = 0; byte < 256; ++byte) {
            char piece[8];
            std::snprintf(piece, sizeof piece, "<0x%02X>", byte);
            pieces.emplace_back(piece);
            types.push_back(6);
        }
        while (pieces.size() < static_cast<size_t>(m_shape.vocabulary)) {
            pieces.push_back("t" + std::to_string(pieces.size()));
            types.push_back(1);
        }
        std::vector<double> scores(pieces.size());
        for (size_t i = 0; i < scores.size(); ++i)
            scores[i] = -static_cast<double>(i);
        m_metadata.set("tokenizer.ggml.model", std::string("llama"));
        m_metadata.set("tokenizer.ggml.tokens", pieces);
        m_metadata.set("tokenizer.ggml.scores", scores);
        m_metadata.set("tokenizer.ggml.token_type", types);
        m_metadata.set("tokenizer.ggml.bos_token_id", int64_t{1});
        m_metadata.set("tokenizer.ggml.eos_token_id", int64_t{2});
    }

    void add(const std::string& arrayName, DType type, int rows, int cols, int matrices = 1)
    {
        m_bytes.push_back(m_rows.matrix(type, rows * matrices, cols));
        std::vector<int64_t> dimensions = {cols};
        if (rows > 1)
            dimensions.push_back(rows);
        if (matrices > 1)
            dimensions.push_back(matrices);
        m_arrays.push_back({.name = arrayName,
                            .typeName = std::string(name(type)),
                            .dimensions = dimensions,
                            .bytes = m_bytes.back()});
    }

    void addBias(const std::string& arrayName, int cols, int rows = 1)
    {
        if (m_shape.gptOss)
            add(arrayName, DType::F32, rows, cols);
    }

    void addAttention(const std::string& p, DType some)
    {
        const Shape& s = m_shape;
        const int q = s.heads * s.headSize;
        const int kv = s.kvHeads * s.headSize;
        const DType type = s.gptOss ? DType::Q8_0 : m_type;
        add(p + "attn_norm.weight", DType::F32, 1, s.dim);
        add(p + "attn_q.weight", type, q, s.dim);
        add(p + "attn_k.weight", type, kv, s.dim);
        add(p + "attn_v.weight", s.gptOss ? type : some, kv, s.dim);
        add(p + "attn_output.weight", type, s.dim, q);
        addBias(p + "attn_q.bias", q);
        addBias(p + "attn_k.bias", kv);
        addBias(p + "attn_v.bias", kv);
        addBias(p + "attn_output.bias", s.dim);
        addBias(p + "attn_sinks.weight", s.heads);
    }

    void addFeedForward(const std::string& p, DType some)
    {
        const Shape& s = m_shape;
        const std::string end = s.experts > 0 ? "_exps.weight" : ".weight";
        const int matrices = std::max(1, s.experts);
        add(p + (s.gptOss ? "post_attention_norm.weight" : "ffn_norm.weight"), DType::F32, 1,
            s.dim);
        if (s.experts > 0)
            add(p + "ffn_gate_inp.weight", DType::F32, s.experts, s.dim);
        add(p + "ffn_gate" + end, m_type, s.feedForward, s.dim, matrices);
        add(p + "ffn_up" + end, m_type, s.feedForward, s.dim, matrices);
        add(p + "ffn_down" + end, some, s.dim, s.feedForward, matrices);
        addBias(p + "ffn_gate_inp.bias", s.experts);
        addBias(p + "ffn_gate_exps.bias", s.feedForward, matrices);
        addBias(p + "ffn_up_exps.bias", s.feedForward, matrices);
        addBias(p + "ffn_down_exps.bias", s.dim, matrices);
    }

    void addArrays()
    {
        const Shape& s = m_shape;
        m_bytes.reserve(static_cast<size_t>(s.layers) * 20 + 3); // spans into it are kept
        // The usual mixture: the head, and in half of the layers v and down, have six bits.
        const DType fine = m_mixed ? DType::Q6_K : m_type;
        const DType words = s.gptOss ? DType::Q8_0 : m_type;
        add("token_embd.weight", words, s.vocabulary, s.dim);
        add("output_norm.weight", DType::F32, 1, s.dim);
        add("output.weight", s.gptOss ? words : fine, s.vocabulary, s.dim);
        for (int layer = 0; layer < s.layers; ++layer) {
            const std::string p = "blk." + std::to_string(layer) + ".";
            const DType some = layer % 2 == 0 ? fine : m_type;
            addAttention(p, some);
            addFeedForward(p, some);
        }
    }

    const Shape& m_shape;
    bool m_mixed;
    DType m_type;
    RandomRows m_rows;
    Metadata m_metadata;
    std::vector<std::vector<std::byte>> m_bytes;
    std::vector<GgufArray> m_arrays;
};

} // namespace

int main(int argc, char** argv)
{
    try {
        if (argc != 4 || !kShapes.contains(argv[2]))
            throw std::runtime_error("usage: make_random_model FILE 0.6B|1B|8B|3B-A0.5B|4B-gpt-oss "
                                     "FORMAT");
        ModelWriter(kShapes.at(argv[2]), argv[3]).write(argv[1]);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
