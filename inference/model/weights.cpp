#include "inference/model/weights.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace inglenook {

namespace {

/// Arrays that may stand in a file without a part in the result: rope_freqs is read with the spec.
bool needsNoSlot(const std::string& name)
{
    return name == "rope_freqs.weight" || name.ends_with(".attn_rot_embd") ||
        name.ends_with(".rope_freqs.weight") || name.ends_with(".attention.rotary_emb.inv_freq");
}

} // namespace

uint64_t Weights::bytesPerToken() const
{
    uint64_t sum = finalNorm.bytes + head.bytes;
    for (const LayerWeights& w : layers) {
        for (const Weight* weight :
             {&w.attentionNorm, &w.qkv, &w.qkvBias, &w.qNorm, &w.kNorm, &w.attentionOut,
              &w.attentionPostNorm, &w.ffnNorm, &w.gateUp, &w.down, &w.ffnPostNorm})
            sum += weight->bytes;
    }
    return sum;
}

WeightLoader::WeightLoader(const ModelFile& file, const ModelSpec& spec)
    : m_file(file)
{
    m_weights.layers.resize(spec.layers.size());
    addMatrix(m_weights.embedding, {{"token_embd.weight", spec.vocabulary}}, spec.dim);
    for (size_t i = 0; i < spec.layers.size(); ++i)
        addLayer(i, spec.layers[i], spec.dim);
    addVector(m_weights.finalNorm, {{"output_norm.weight", spec.dim}});
    if (!spec.tiedHead)
        addMatrix(m_weights.head, {{"output.weight", spec.vocabulary}}, spec.dim);
    refuseUnknown();
}

void WeightLoader::addLayer(size_t index, const LayerSpec& layer, int dim)
{
    LayerWeights& w = m_weights.layers[index];
    const std::string prefix = "blk." + std::to_string(index) + ".";
    const AttentionShape& shape = layer.attention;
    const int q = shape.queryCols();
    const int kv = shape.kvCols();

    addVector(w.attentionNorm, {{prefix + "attn_norm.weight", dim}});
    addMatrix(w.qkv,
              {{prefix + "attn_q.weight", q},
               {prefix + "attn_k.weight", kv},
               {prefix + "attn_v.weight", kv}},
              dim);
    if (layer.qkvBias)
        addVector(w.qkvBias,
                  {{prefix + "attn_q.bias", q},
                   {prefix + "attn_k.bias", kv},
                   {prefix + "attn_v.bias", kv}});
    if (layer.qkNorm) {
        addVector(w.qNorm, {{prefix + "attn_q_norm.weight", shape.headSize}});
        addVector(w.kNorm, {{prefix + "attn_k_norm.weight", shape.headSize}});
    }
    addMatrix(w.attentionOut, {{prefix + "attn_output.weight", dim}}, q);
    addVector(w.ffnNorm, {{prefix + "ffn_norm.weight", dim}});
    addMatrix(w.gateUp,
              {{prefix + "ffn_gate.weight", layer.feedForwardCols},
               {prefix + "ffn_up.weight", layer.feedForwardCols}},
              dim);
    addMatrix(w.down, {{prefix + "ffn_down.weight", dim}}, layer.feedForwardCols);
    if (layer.postNorms) {
        addVector(w.attentionPostNorm, {{prefix + "post_attention_norm.weight", dim}});
        addVector(w.ffnPostNorm, {{prefix + "post_ffw_norm.weight", dim}});
    }
}

void WeightLoader::refuse(const std::string& what) const
{
    throw std::runtime_error("The model in \"" + m_file.path() + "\" cannot be used: " + what +
                             ". Download the file again or choose another model.");
}

const ModelArray& WeightLoader::find(const std::string& name, int64_t rows, int64_t cols)
{
    const ModelArray* array = m_file.find(name);
    if (!array)
        refuse("its array " + name + " is missing");
    if (!array->supported)
        refuse("its array " + name + " has the format " + array->typeName +
               ", which is not supported");
    if (array->rows != rows || array->cols != cols) {
        refuse("its array " + name + " has " + std::to_string(array->rows) + " x " +
               std::to_string(array->cols) + " numbers, expected " + std::to_string(rows) + " x " +
               std::to_string(cols));
    }
    if (array->type == DType::I32 || array->cols % facts(array->type).blockElements != 0)
        refuse("its array " + name + " cannot have the format " + array->typeName);
    m_used.push_back(array);
    return *array;
}

void WeightLoader::addMatrix(Weight& target, const std::vector<std::pair<std::string, int>>& parts,
                             int in)
{
    Item item{.target = &target, .arrays = {}, .vector = false};
    for (const auto& [name, out] : parts) {
        item.arrays.push_back(&find(name, out, in));
        m_totalBytes += item.arrays.back()->byteCount;
    }
    m_items.push_back(std::move(item));
}

void WeightLoader::addVector(Weight& target, const std::vector<std::pair<std::string, int>>& parts)
{
    Item item{.target = &target, .arrays = {}, .vector = true};
    for (const auto& [name, count] : parts) {
        item.arrays.push_back(&find(name, 1, count));
        m_totalBytes += item.arrays.back()->byteCount;
    }
    m_items.push_back(std::move(item));
}

void WeightLoader::refuseUnknown() const
{
    const std::set<const ModelArray*> used(m_used.begin(), m_used.end());
    for (const ModelArray& array : m_file.arrays()) {
        if (!used.contains(&array) && !needsNoSlot(array.name))
            refuse("its array " + array.name + " is not understood");
    }
}

void WeightLoader::loadNext(Backend& backend)
{
    const Item& item = m_items[m_next];
    if (item.vector) {
        std::vector<float> values;
        for (const ModelArray* array : item.arrays) {
            const size_t first = values.size();
            values.resize(first + static_cast<size_t>(array->cols));
            dequantiseRow(array->type, array->bytes, std::span(values).subspan(first));
        }
        const WeightPart row{
            .rows = std::as_bytes(std::span(values)), .type = DType::F32, .out = 1};
        *item.target = backend.load({&row, 1}, static_cast<int>(values.size()));
    } else {
        std::vector<WeightPart> parts;
        for (const ModelArray* array : item.arrays)
            parts.push_back(
                {.rows = array->bytes, .type = array->type, .out = static_cast<int>(array->rows)});
        *item.target = backend.load(parts, static_cast<int>(item.arrays.front()->cols));
    }
    for (const ModelArray* array : item.arrays)
        m_loadedBytes += array->byteCount;
    ++m_next;
}

Weights WeightLoader::take()
{
    if (!m_weights.head)
        m_weights.head = m_weights.embedding;
    return std::move(m_weights);
}

} // namespace inglenook
