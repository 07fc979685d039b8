#include "inference/model/decoder.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace inglenook {

namespace {

/// What every part of the forward pass needs. A backend may keep a recorded pass: it refers to
/// nothing that ends with its step.
struct Pass {
    Backend& run;
    const ModelSpec& spec;
    const DecoderPart& part;
    const StepTensors& tensors;
    Activations::Step a;
    StepInputs in;
};

/// x = the sum over the devices that hold a part of the layer each.
void addUp(const Pass& p, Tensor x)
{
    if (p.part.group && !p.part.listener)
        p.run.allReduce(x, *p.part.group);
}

/// The device that has the other half of the layers hears x of this one / this one hears its x.
void tell(const Pass& p, Tensor x)
{
    p.run.allReduce(x, *p.part.group);
}
void hear(const Pass& p, Tensor x)
{
    p.run.allReduce(x, *p.part.listener);
}

/// mixed = the attention branch of h.
void selfAttention(const Pass& p, const LayerSpec& layer, const LayerWeights& w, const KvPages& kv)
{
    const RopeSpec& spec = p.spec.ropes[static_cast<size_t>(layer.rope)];
    const Rope rope{.pairs = spec.pairs,
                    .dims = spec.dims,
                    .rotation = p.tensors.rotation(layer.rope, p.a.x.rows)};
    const QkNorm norm{.q = w.qNorm, .k = w.kNorm, .eps = p.spec.normEps};

    const Tensor qkv = p.a.qkv.columns(0, layer.attention.qkvCols());
    const Tensor attended = p.a.attention.columns(0, layer.attention.queryCols());
    p.run.matmul(qkv, p.a.h, w.qkv, w.qkvBias);
    p.run.rotateAndStore(qkv, kv, norm, rope, layer.attention, p.in);
    p.run.attention(attended, qkv, kv, layer.attention, p.in, w.sinks);
    p.run.matmul(p.a.mixed, attended, w.attentionOut, w.attentionOutBias);
    addUp(p, p.a.mixed);
    if (w.attentionPostNorm)
        p.run.rmsNorm(p.a.mixed, p.a.mixed, w.attentionPostNorm, p.spec.normEps);
}

/// mixed = one feed-forward of h for all rows.
void denseForward(const Pass& p, const LayerSpec& layer, const LayerWeights& w)
{
    const Tensor gateUp = p.a.gateUp.columns(0, 2 * layer.feedForwardCols);
    const Tensor gated = p.a.gateUp.columns(0, layer.feedForwardCols);
    p.run.matmulGlu(gateUp, p.a.h, w.gateUp, layer.activation);
    p.run.matmul(p.a.mixed, gated, w.down);
}

/// The beginning of a packed matrix as one of a row per pick.
Tensor perPick(const Tensor& all, int picks, int cols)
{
    Tensor t = all;
    t.rows = all.rows * picks;
    t.cols = t.stride = cols;
    return t;
}

/// mixed = the weighted sum of those experts' feed-forwards of h that the router picks.
void expertsForward(const Pass& p, const LayerSpec& layer, const LayerWeights& w)
{
    const int used = layer.experts.used;
    const int cols = layer.feedForwardCols;
    const Tensor logits = p.a.routerLogits.columns(0, layer.experts.count);
    const Tensor ids = p.a.experts.columns(0, used);
    const Tensor weights = p.a.expertWeights.columns(0, used);
    const Tensor gateUp = perPick(p.a.gateUp, used, 2 * cols);
    const Tensor gated = gateUp.columns(0, cols);
    const Tensor results = perPick(p.a.expertResults, used, p.spec.dim);
    p.run.matmul(logits, p.a.h, w.router, w.routerBias);
    p.run.routeExperts(ids, weights, logits);
    p.run.expertMatmul(gated, p.a.h, w.expertGates, ids, w.expertGateBiases);
    p.run.expertMatmul(gateUp.columns(cols, cols), p.a.h, w.expertUps, ids, w.expertUpBiases);
    p.run.glu(gated, gateUp, layer.activation);
    p.run.expertMatmul(results, gated, w.expertDowns, ids, w.expertDownBiases);
    p.run.weightedSum(p.a.mixed, results, weights);
}

/// mixed = what this device computes of the feed-forward of h.
void ownForward(const Pass& p, const LayerSpec& layer, const LayerWeights& w)
{
    if (layer.experts.count > 0)
        expertsForward(p, layer, w);
    else
        denseForward(p, layer, w);
}

/// mixed = the feed-forward branch of h.
void feedForward(const Pass& p, const LayerSpec& layer, const LayerWeights& w)
{
    if (layer.feedForwardCols > 0) {
        ownForward(p, layer, w);
        addUp(p, p.a.mixed);
    } else {
        tell(p, p.a.h);
        hear(p, p.a.mixed);
    }
    if (w.ffnPostNorm)
        p.run.rmsNorm(p.a.mixed, p.a.mixed, w.ffnPostNorm, p.spec.normEps);
}

/// The forward pass of every model: tokens in, logits of the wanted rows out. A part of a model
/// takes x from the part before it, or leaves x to the one behind.
void decode(const Pass& p, const Weights& weights, std::span<const KvPages> kv)
{
    const Tensor x = p.a.x;
    const Tensor h = p.a.h;
    const float eps = p.spec.normEps;

    // embedding
    if (p.part.embeds) {
        p.run.embed(x, weights.embedding, p.in.tokens, p.spec.embeddingScale);
        addUp(p, x);
    }
    p.run.rmsNorm(h, x, weights.layers.front().attentionNorm, eps);

    for (size_t i = 0; i < p.spec.layers.size(); ++i) {
        const LayerWeights& w = weights.layers[i];
        selfAttention(p, p.spec.layers[i], w, kv[i]);
        p.run.addRmsNorm(h, x, p.a.mixed, w.ffnNorm, eps);
        feedForward(p, p.spec.layers[i], w);
        if (i + 1 < p.spec.layers.size())
            p.run.addRmsNorm(h, x, p.a.mixed, weights.layers[i + 1].attentionNorm, eps);
    }

    // logits
    const bool wanted = p.part.hasHead && p.in.outputRows.rows > 0;
    if (p.part.hasHead && !wanted)
        return;
    p.run.add(x, p.a.mixed);
    if (!wanted)
        return;
    p.run.gatherRows(p.a.last, x, p.in.outputRows);
    p.run.rmsNorm(p.a.last, p.a.last, weights.finalNorm, eps);
    p.run.matmul(p.a.logits, p.a.last, weights.head);
    if (p.spec.logitSoftcap > 0.f)
        p.run.softcap(p.a.logits, p.spec.logitSoftcap);
    p.run.topCandidates(p.a.candidates, p.a.logits);
}

/// The pass of a device that has nothing but feed-forwards: computes them for the one that attends.
void serve(const Pass& p, const Weights& weights)
{
    for (size_t i = 0; i < p.spec.layers.size(); ++i) {
        if (p.spec.layers[i].feedForwardCols == 0)
            continue;
        hear(p, p.a.h);
        ownForward(p, p.spec.layers[i], weights.layers[i]);
        tell(p, p.a.mixed);
    }
}

void forward(const Pass& p, const Weights& weights, std::span<const KvPages> kv)
{
    if (p.spec.layers.front().attention.heads > 0)
        decode(p, weights, kv);
    else
        serve(p, weights);
}

/// The next of 1, 2, 4, 8, ... that holds `count`.
int bucket(int count)
{
    int size = 1;
    while (size < count)
        size *= 2;
    return size;
}

/// Recordings are kept per power of two of the context, so that a growing one needs few.
int contextBucket(int context, int most)
{
    constexpr int kSmallest = 256;
    return std::min(std::max(kSmallest, bucket(context)), most);
}

std::vector<RopeTable> ropeTables(const ModelSpec& spec)
{
    return {spec.ropes.begin(), spec.ropes.end()};
}

} // namespace

Decoder::Decoder(Backend& backend, const ModelSpec& spec, const Weights& weights, KvCache& cache,
                 StepLimits limits, DecoderPart part)
    : m_backend(backend)
    , m_spec(spec)
    , m_weights(weights)
    , m_cache(cache)
    , m_limits(limits)
    , m_part(part)
    , m_ropes(ropeTables(spec))
    , m_decodeInputs(backend, m_ropes, kDecodeRows, kDecodeRows, part.firstToken)
    , m_wideInputs(backend, m_ropes, limits.rows, limits.outputs, part.firstToken)
    , m_activations(backend, spec, limits.rows, std::max(limits.outputs, kDecodeRows))
{
    assert(limits.rows >= kDecodeRows);
}

size_t Decoder::bytes(const ModelSpec& spec, StepLimits limits)
{
    return StepTensors::bytes(spec.ropes, kDecodeRows, kDecodeRows) +
        StepTensors::bytes(spec.ropes, limits.rows, limits.outputs) +
        Activations::bytes(spec, limits.rows, std::max(limits.outputs, kDecodeRows));
}

void Decoder::run(std::span<const StepRow> rows, std::span<const float> x)
{
    const auto count = static_cast<int>(rows.size());
    m_rows = count;
    m_outputs = static_cast<int>(std::ranges::count_if(rows, &StepRow::output));
    if (count < 1 || count > m_limits.rows || m_outputs > m_limits.outputs)
        throw std::invalid_argument("Decoder::run: " + std::to_string(count) + " rows with " +
                                    std::to_string(m_outputs) + " outputs do not fit a step");
    int last = 0;
    for (const StepRow& row : rows)
        last = std::max(last, row.position);

    if (last >= m_cache.contextTokens())
        throw std::invalid_argument("Decoder::run: position " + std::to_string(last) +
                                    " is beyond the cache");

    const bool recorded = count <= kDecodeRows;
    StepTensors& tensors = recorded ? m_decodeInputs : m_wideInputs;
    const Shape shape{.rows = recorded ? bucket(count) : count,
                      .outputs = m_outputs == 0 ? 0 : std::min(bucket(m_outputs), m_limits.outputs),
                      .contextBound = contextBucket(last + 1, m_cache.contextTokens())};
    const StepInputs in =
        tensors.write(m_backend, rows, shape.rows, shape.outputs, shape.contextBound);
    const Activations::Step a = m_activations.step(shape.rows, shape.outputs);
    if (!m_part.embeds && !m_part.listener)
        m_backend.write(a.x.firstRows(count), std::as_bytes(x));
    const Pass pass{
        .run = m_backend, .spec = m_spec, .part = m_part, .tensors = tensors, .a = a, .in = in};
    if (!recorded) {
        forward(pass, m_weights, m_cache.layers());
        return;
    }
    std::unique_ptr<Recording>& recording = m_recordings[shape];
    if (recording)
        m_backend.replay(*recording);
    else
        recording = m_backend.record([this, pass] { forward(pass, m_weights, m_cache.layers()); });
}

void Decoder::readPages(std::span<std::byte> to, size_t layer, std::span<const int> pages)
{
    m_backend.readPages(to, m_cache.layers()[layer], pages, m_spec.layers[layer].attention);
}

void Decoder::writePages(size_t layer, std::span<const int> pages, std::span<const std::byte> from)
{
    m_backend.writePages(m_cache.layers()[layer], pages, m_spec.layers[layer].attention, from);
}

void Decoder::wait()
{
    int32_t ignored = 0;
    m_backend.read(std::as_writable_bytes(std::span(&ignored, 1)), m_decodeInputs.firstToken());
}

void Decoder::readCandidates(std::span<Candidates> candidates)
{
    assert(candidates.size() == static_cast<size_t>(m_outputs));
    if (m_outputs == 0)
        return;
    m_candidates.resize(candidates.size() * kCandidateCols);
    m_backend.read(std::as_writable_bytes(std::span(m_candidates)),
                   m_activations.step(0, m_outputs).candidates);
    std::span<const int32_t> rows = m_candidates;
    for (Candidates& row : candidates) {
        row = candidatesOf(rows.first<kCandidateCols>());
        rows = rows.subspan(kCandidateCols);
    }
}

void Decoder::readLogits(std::span<float> logits)
{
    assert(logits.size() ==
           static_cast<size_t>(m_outputs) * static_cast<size_t>(m_spec.vocabulary));
    if (m_outputs == 0)
        return;
    m_backend.read(std::as_writable_bytes(logits), m_activations.step(0, m_outputs).logits);
}

void Decoder::readResidual(std::span<float> x)
{
    m_backend.read(std::as_writable_bytes(x), m_activations.step(m_rows, 0).x);
}

} // namespace inglenook
