#include "inference/model/machine_figures.h"

#include "inference/model/decoder.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace inglenook {

namespace {

double secondsOf(const auto& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A matrix of zeros: how long a kernel takes does not depend on the values.
Weight zeros(Backend& backend, DType type, int out, int in)
{
    const std::vector<std::byte> rows(rowBytes(type, in) * static_cast<size_t>(out));
    const WeightPart part{.rows = rows, .type = type, .out = out};
    return backend.load({&part, 1}, in);
}

/// Multiply-adds per second of as wide a step as the device computes in a few hundredths of a
/// second, several in a row where one is over sooner.
double measureMatmul(Backend& backend)
{
    constexpr int kOut = 8192; // a feed-forward of an 8B model, in the format most are kept in
    constexpr int kIn = 4096;
    constexpr int kFewest = 32;
    constexpr int kMost = 512;
    constexpr double kLongEnough = 0.03;
    constexpr int kPasses = 3;
    const Weight w = zeros(backend, DType::Q4_K, kOut, kIn);
    const auto input = backend.allocate(size_t{kMost} * kIn * 4);
    const auto output = backend.allocate(size_t{kMost} * kOut * 4);
    const Tensor x = wholeTensor(*input, kMost, kIn);
    const Tensor y = wholeTensor(*output, kMost, kOut);
    int rows = kFewest;
    int repeats = 1;
    const auto run = [&] {
        for (int i = 0; i < repeats; ++i)
            backend.matmul(y.firstRows(rows), x.firstRows(rows), w);
        float waited = 0.f;
        backend.read(std::as_writable_bytes(std::span(&waited, 1)), y.firstRows(1).columns(0, 1));
    };
    run(); // prepares what is prepared at first use
    double best = secondsOf(run);
    while (best < kLongEnough && (rows < kMost || repeats < 1024)) {
        rows < kMost ? rows *= 2 : repeats *= 2;
        run();
        best = secondsOf(run);
    }
    for (int pass = 1; pass < kPasses; ++pass)
        best = std::min(best, secondsOf(run));
    return static_cast<double>(rows) * repeats * kOut * kIn / best;
}

/// A model that has as many layers as a large one and next to nothing in them.
class TinyDecode {
public:
    explicit TinyDecode(Backend& backend)
        : m_spec(tinySpec())
        , m_weights(tinyWeights(backend, m_spec))
        , m_cache(backend, m_spec, {.pages = 1, .sequences = 1, .pagesPerSlot = 1})
        , m_decoder(backend, m_spec, m_weights, m_cache,
                    {.rows = kDecodeRows, .outputs = kDecodeRows})
    {
        m_decoder.setPages(0, std::array{0});
    }

    void step()
    {
        const StepRow row{.token = 1, .position = 0, .slot = 0, .output = true};
        m_decoder.run({&row, 1});
        m_decoder.readCandidates({&m_candidates, 1});
    }

private:
    static constexpr int kDim = 64;

    static ModelSpec tinySpec()
    {
        ModelSpec spec;
        spec.vocabulary = kDim;
        spec.dim = kDim;
        spec.context = kPageTokens;
        spec.normEps = 1e-5f;
        spec.ropes = {{.dims = kDim}};
        const LayerSpec layer{.attention = {.heads = 1, .kvHeads = 1, .headSize = kDim},
                              .feedForwardCols = kDim};
        spec.layers.assign(kFigureLayers, layer);
        return spec;
    }

    static Weights tinyWeights(Backend& backend, const ModelSpec& spec)
    {
        const auto matrix = [&](int out) { return zeros(backend, DType::Q8_0, out, kDim); };
        const auto vector = [&] { return zeros(backend, DType::F32, 1, kDim); };
        Weights weights;
        weights.embedding = matrix(spec.vocabulary);
        weights.head = matrix(spec.vocabulary);
        weights.finalNorm = vector();
        for (const LayerSpec& layer : spec.layers) {
            LayerWeights w;
            w.attentionNorm = vector();
            w.qkv = matrix(layer.attention.qkvCols());
            w.attentionOut = matrix(kDim);
            w.ffnNorm = vector();
            w.gateUp = matrix(2 * layer.feedForwardCols);
            w.down = matrix(kDim);
            weights.layers.push_back(std::move(w));
        }
        return weights;
    }

    ModelSpec m_spec;
    Weights m_weights;
    KvCache m_cache;
    Decoder m_decoder;
    Candidates m_candidates;
};

/// The median: a step that was interrupted says nothing.
double measureStep(Backend& backend)
{
    constexpr double kSeconds = 0.1;
    constexpr size_t kFewest = 5;
    constexpr size_t kMost = 500;
    TinyDecode decode(backend);
    decode.step(); // records it
    decode.step();
    std::vector<double> steps;
    double sum = 0.;
    while (steps.size() < kFewest || (sum < kSeconds && steps.size() < kMost)) {
        steps.push_back(secondsOf([&] { decode.step(); }));
        sum += steps.back();
    }
    std::ranges::sort(steps);
    return steps[steps.size() / 2];
}

} // namespace

DeviceFigures measureDevice(Backend& backend, const DeviceInfo& info)
{
    return {.device = toString(info.id),
            .name = info.name,
            .driver = info.driver,
            .readBandwidth = backend.measureReadBandwidth(),
            .matmulRate = measureMatmul(backend),
            .stepSeconds = measureStep(backend)};
}

} // namespace inglenook
