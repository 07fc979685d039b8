#include "inference/model/weights.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace inglenook {

namespace {

/// Arrays that may stand in a file without a weight of their own: what turns the heads is read with
/// the spec.
bool needsNoSlot(const std::string& name)
{
    return name == "rope_freqs.weight" || name == "rope_factors_long.weight" ||
        name == "rope_factors_short.weight" || name.ends_with(".attn_rot_embd") ||
        name.ends_with(".rope_freqs.weight") || name.ends_with(".attention.rotary_emb.inv_freq");
}

/// What the disk is told to read before it is needed: enough to be busy while a weight is repacked.
constexpr uint64_t kAheadBytes = uint64_t{256} << 20;

/// What is brought into memory at once: a few hundredths of a second of a good disk.
constexpr size_t kFetchBytes = size_t{16} << 20;

/// As devices keep them.
uint64_t bytesOf(DType type, Range rows, Range cols)
{
    return static_cast<uint64_t>(rows.count) * rowBytes(keptAs(type), cols.count);
}

/// Rows of an array as they lie in the file.
std::span<const std::byte> wholeRows(const ModelArray& array, Range rows)
{
    const size_t bytes = rowBytes(array.type, static_cast<int>(array.cols));
    return array.bytes.subspan(static_cast<size_t>(rows.first) * bytes,
                               static_cast<size_t>(rows.count) * bytes);
}

/// Some columns, on the borders of blocks, of some rows.
std::vector<std::byte> cutRows(const ModelArray& array, Range rows, Range cols)
{
    const std::span<const std::byte> whole = wholeRows(array, rows);
    const size_t stride = rowBytes(array.type, static_cast<int>(array.cols));
    const size_t skipped = rowBytes(array.type, cols.first);
    const size_t bytes = rowBytes(array.type, cols.count);
    std::vector<std::byte> cut(static_cast<size_t>(rows.count) * bytes);
    for (size_t r = 0; r < static_cast<size_t>(rows.count); ++r)
        std::ranges::copy(whole.subspan(r * stride + skipped, bytes),
                          cut.begin() + static_cast<std::ptrdiff_t>(r * bytes));
    return cut;
}

} // namespace

uint64_t Weights::bytesPerToken() const
{
    uint64_t sum = finalNorm.bytes + head.bytes;
    for (const LayerWeights& w : layers) {
        for (const Weight* weight :
             {&w.attentionNorm, &w.qkv, &w.qkvBias, &w.qNorm, &w.kNorm, &w.sinks, &w.attentionOut,
              &w.attentionOutBias, &w.attentionPostNorm, &w.ffnNorm, &w.gateUp, &w.down, &w.router,
              &w.routerBias, &w.ffnPostNorm})
            sum += weight->bytes;
        size_t experts = 0;
        for (const Weight* weight : {&w.expertGates, &w.expertGateBiases, &w.expertUps,
                                     &w.expertUpBiases, &w.expertDowns, &w.expertDownBiases})
            experts += weight->bytes;
        sum += static_cast<uint64_t>(w.usedExperts * static_cast<double>(experts));
    }
    return sum;
}

WeightLoader::WeightLoader(const ModelFile& file, const ModelSpec& spec)
    : WeightLoader(file, spec, wholeModel(spec))
{
}

WeightLoader::WeightLoader(const ModelFile& file, const ModelSpec& spec, const ModelSlice& slice)
    : m_file(file)
    , m_tiedHead(slice.hasHead && spec.tiedHead)
{
    const bool needsEmbedding = slice.embeds || m_tiedHead;
    const Inputs dim = wholeInputs(spec.dim);
    m_weights.layers.resize(slice.layers.size());
    addMatrix(needsEmbedding ? &m_weights.embedding : nullptr,
              {{"token_embd.weight", spec.vocabulary, slice.vocabulary}}, dim);
    for (size_t i = 0; i < spec.layers.size(); ++i) {
        const size_t own = i - static_cast<size_t>(slice.firstLayer); // wraps around below it
        const bool ours = own < slice.layers.size();
        addLayer("blk." + std::to_string(i) + ".", spec.layers[i], spec.dim,
                 ours ? slice.layers[own] : LayerSlice{}, ours ? &m_weights.layers[own] : nullptr);
    }
    addVector(slice.hasHead ? &m_weights.finalNorm : nullptr,
              {all("output_norm.weight", spec.dim)});
    if (!spec.tiedHead)
        addMatrix(slice.hasHead ? &m_weights.head : nullptr,
                  {{"output.weight", spec.vocabulary, slice.vocabulary}}, dim);
    refuseUnknown();
}

std::vector<WeightLoader::Wanted> WeightLoader::inOneArray(const std::string& name,
                                                           const std::vector<Inputs>& matrices)
{
    int rows = 0;
    for (const Inputs& matrix : matrices)
        rows += matrix.all;
    std::vector<Wanted> wanted;
    int first = 0;
    for (const Inputs& matrix : matrices) {
        wanted.push_back({name, rows, {first + matrix.part.first, matrix.part.count}});
        first += matrix.all;
    }
    return wanted;
}

void WeightLoader::addLayer(const std::string& prefix, const LayerSpec& layer, int dim,
                            const LayerSlice& slice, LayerWeights* target)
{
    const AttentionShape& shape = layer.attention;
    const int q = shape.queryCols();
    const int kv = shape.kvCols();
    const Range ownQ = scaled(slice.heads, shape.headSize);
    const Range ownKv = scaled(slice.kvHeads, shape.headSize);
    const bool attends = slice.heads.count > 0;
    const auto in = [&](Weight LayerWeights::*weight) {
        return target && attends ? &(target->*weight) : nullptr;
    };

    using W = LayerWeights;
    addVector(in(&W::attentionNorm), {all(prefix + "attn_norm.weight", dim)});
    if (layer.fusedArrays)
        addMatrix(in(&W::qkv),
                  inOneArray(prefix + "attn_qkv.weight", {{q, ownQ}, {kv, ownKv}, {kv, ownKv}}),
                  wholeInputs(dim));
    else
        addMatrix(in(&W::qkv),
                  {{prefix + "attn_q.weight", q, ownQ},
                   {prefix + "attn_k.weight", kv, ownKv},
                   {prefix + "attn_v.weight", kv, ownKv}},
                  wholeInputs(dim));
    if (layer.qkvBias)
        addVector(in(&W::qkvBias),
                  {{prefix + "attn_q.bias", q, ownQ},
                   {prefix + "attn_k.bias", kv, ownKv},
                   {prefix + "attn_v.bias", kv, ownKv}});
    if (layer.qkNorm) {
        addVector(in(&W::qNorm), {all(prefix + "attn_q_norm.weight", shape.headSize)});
        addVector(in(&W::kNorm), {all(prefix + "attn_k_norm.weight", shape.headSize)});
    }
    addMatrix(in(&W::attentionOut), {all(prefix + "attn_output.weight", dim)}, {q, ownQ});
    if (layer.sinks)
        addVector(in(&W::sinks), {{prefix + "attn_sinks.weight", shape.heads, slice.heads}});
    if (layer.attentionOutBias) // the sum over all devices has it once
        addVector(slice.heads.first == 0 ? in(&W::attentionOutBias) : nullptr,
                  {all(prefix + "attn_output.bias", dim)});
    addVector(in(&W::ffnNorm), {all(prefix + std::string(layer.ffnNorm) + ".weight", dim)});
    addFeedForward(prefix, layer, dim, slice.feedForward,
                   slice.feedForward.count > 0 ? target : nullptr);
    if (layer.postNorms) {
        addVector(in(&W::attentionPostNorm), {all(prefix + "post_attention_norm.weight", dim)});
        addVector(in(&W::ffnPostNorm), {all(prefix + "post_ffw_norm.weight", dim)});
    }
}

void WeightLoader::addFeedForward(const std::string& prefix, const LayerSpec& layer, int dim,
                                  Range own, LayerWeights* target)
{
    const auto in = [&](Weight LayerWeights::*weight) {
        return target ? &(target->*weight) : nullptr;
    };
    using W = LayerWeights;
    const int cols = layer.feedForwardCols;
    const ExpertsSpec& experts = layer.experts;
    if (experts.count == 0) {
        addMatrix(in(&W::gateUp),
                  layer.fusedArrays
                      ? inOneArray(prefix + "ffn_up.weight", {{cols, own}, {cols, own}})
                      : std::vector<Wanted>{{prefix + "ffn_gate.weight", cols, own},
                                            {prefix + "ffn_up.weight", cols, own}},
                  wholeInputs(dim));
        addMatrix(in(&W::down), {all(prefix + "ffn_down.weight", dim)}, {cols, own});
        return;
    }
    if (target)
        target->usedExperts = static_cast<double>(experts.used) / experts.count;
    addMatrix(in(&W::router), {all(prefix + "ffn_gate_inp.weight", experts.count)},
              wholeInputs(dim));
    addExperts(in(&W::expertGates), experts, {prefix + "ffn_gate_exps.weight", cols, own},
               wholeInputs(dim));
    addExperts(in(&W::expertUps), experts, {prefix + "ffn_up_exps.weight", cols, own},
               wholeInputs(dim));
    addExperts(in(&W::expertDowns), experts, all(prefix + "ffn_down_exps.weight", dim),
               {cols, own});
    if (!experts.biases)
        return;
    addVector(in(&W::routerBias), {all(prefix + "ffn_gate_inp.bias", experts.count)});
    addExpertBiases(in(&W::expertGateBiases), experts, {prefix + "ffn_gate_exps.bias", cols, own});
    addExpertBiases(in(&W::expertUpBiases), experts, {prefix + "ffn_up_exps.bias", cols, own});
    addExpertBiases(own.first == 0 ? in(&W::expertDownBiases) : nullptr, experts,
                    all(prefix + "ffn_down_exps.bias", dim));
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

void WeightLoader::addMatrix(Weight* target, const std::vector<Wanted>& wanted, Inputs in)
{
    Item item{.target = target};
    for (const Wanted& w : wanted)
        item.pieces.push_back(
            {.array = &find(w.name, w.out, in.all), .rows = w.part, .cols = in.part});
    addItem(std::move(item));
}

/// One array of as many matrices as there are experts becomes a weight of as many parts.
void WeightLoader::addExperts(Weight* target, const ExpertsSpec& experts, const Wanted& wanted,
                              Inputs in)
{
    Item item{.target = target};
    const ModelArray& array = find(wanted.name, int64_t{experts.count} * wanted.out, in.all);
    if (target) {
        const uint64_t each = bytesOf(array.type, wanted.part, in.part);
        m_expertBytes += each * static_cast<uint64_t>(experts.count);
        m_unusedBytes += each * static_cast<uint64_t>(experts.count - experts.used);
    }
    for (int expert = 0; expert < experts.count; ++expert)
        item.pieces.push_back({.array = &array,
                               .rows = {expert * wanted.out + wanted.part.first, wanted.part.count},
                               .cols = in.part});
    addItem(std::move(item));
}

/// One array with a row per expert becomes one vector.
void WeightLoader::addExpertBiases(Weight* target, const ExpertsSpec& experts, const Wanted& wanted)
{
    Item item{.target = target, .vector = true};
    const ModelArray& array = find(wanted.name, experts.count, wanted.out);
    for (int expert = 0; expert < experts.count; ++expert)
        item.pieces.push_back({.array = &array, .rows = {expert, 1}, .cols = wanted.part});
    addItem(std::move(item));
}

void WeightLoader::addVector(Weight* target, const std::vector<Wanted>& wanted)
{
    Item item{.target = target, .vector = true};
    for (const Wanted& w : wanted)
        item.pieces.push_back({.array = &find(w.name, 1, w.out), .rows = {0, 1}, .cols = w.part});
    addItem(std::move(item));
}

void WeightLoader::addItem(Item item)
{
    if (!item.target)
        return;
    for (const Piece& piece : item.pieces)
        m_totalBytes += bytesOf(piece.array->type, piece.rows, piece.cols);
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

void WeightLoader::expectAhead()
{
    for (; m_expected < m_items.size() && m_expectedBytes < m_loadedBytes + kAheadBytes;
         ++m_expected) {
        for (const Piece& piece : m_items[m_expected].pieces) {
            m_file.expect(wholeRows(*piece.array, piece.rows));
            m_expectedBytes += bytesOf(piece.array->type, piece.rows, piece.cols);
        }
    }
}

/// Touches the next bounded part of what a weight is made of. Returns whether that was the last.
bool WeightLoader::fetch(const Item& item)
{
    constexpr size_t kPage = 4096; // or a multiple of it
    const size_t end = m_fetched + kFetchBytes;
    size_t before = 0; // bytes of the pieces that were passed
    for (const Piece& piece : item.pieces) {
        const std::span<const std::byte> bytes = wholeRows(*piece.array, piece.rows);
        const size_t until = std::min(before + bytes.size(), end);
        for (; m_fetched < until; m_fetched += kPage)
            static_cast<void>(*static_cast<const volatile std::byte*>(&bytes[m_fetched - before]));
        before += bytes.size();
        if (before > end)
            return false;
        m_fetched = before;
    }
    m_fetched = 0;
    return true;
}

void WeightLoader::loadNext(Backend& backend)
{
    const Item& item = m_items[m_next];
    if (!m_loading) {
        expectAhead();
        if (!fetch(item))
            return;
        m_loading = item.vector ? beginVector(backend, item) : beginMatrix(backend, item);
    }
    if (!m_loading->advance())
        return;
    *item.target = m_loading->take();
    m_loading.reset();
    m_cut.clear();
    for (const Piece& piece : item.pieces)
        m_loadedBytes += bytesOf(piece.array->type, piece.rows, piece.cols);
    ++m_next;
}

std::unique_ptr<WeightLoading> WeightLoader::beginVector(Backend& backend, const Item& item)
{
    m_vector.clear();
    for (const Piece& piece : item.pieces) {
        std::vector<float> row(static_cast<size_t>(piece.array->cols));
        dequantiseRow(piece.array->type, wholeRows(*piece.array, piece.rows), row);
        const auto part = std::span(row).subspan(static_cast<size_t>(piece.cols.first),
                                                 static_cast<size_t>(piece.cols.count));
        m_vector.insert(m_vector.end(), part.begin(), part.end());
    }
    const WeightPart row{.rows = std::as_bytes(std::span(m_vector)), .type = DType::F32, .out = 1};
    return backend.beginLoad({&row, 1}, static_cast<int>(m_vector.size()));
}

std::unique_ptr<WeightLoading> WeightLoader::beginMatrix(Backend& backend, const Item& item)
{
    std::vector<WeightPart> parts;
    for (const Piece& piece : item.pieces) {
        const ModelArray& array = *piece.array;
        WeightPart part{.type = array.type, .out = piece.rows.count};
        if (piece.cols.count == array.cols)
            part.rows = wholeRows(array, piece.rows);
        else
            part.rows = m_cut.emplace_back(cutRows(array, piece.rows, piece.cols));
        parts.push_back(part);
    }
    return backend.beginLoad(parts, item.pieces.front().cols.count);
}

Weights WeightLoader::take()
{
    if (m_tiedHead)
        m_weights.head = m_weights.embedding;
    return std::move(m_weights);
}

} // namespace inglenook
