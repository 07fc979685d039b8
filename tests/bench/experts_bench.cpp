// Measures the feed-forwards of a mixture of experts at the shape of a layer of Qwen3-30B-A3B, but
// for half of its experts: one row after another against the read bandwidth measured in between,
// then prompts.
// Usage: experts_bench [device] [threads] [format] [rows of a prompt, at most 512] [layers]
// With fewer rows and layers slow devices get done: llvmpipe computes 16 rows of a layer a second.

#include "kernels/devices.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace inglenook;

namespace {

constexpr int kHidden = 2048, kFfn = 768, kExperts = 64, kPicks = 8, kMostRows = 512;

double secondsOf(const auto& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A part per expert; their speed does not depend on values, so all have the same.
Weight experts(Backend& backend, DType type, int out, int in)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0.f, 0.05f);
    std::vector<float> values(static_cast<size_t>(in));
    const size_t bytes = rowBytes(type, in);
    std::vector<std::byte> rows(static_cast<size_t>(out) * bytes);
    for (size_t at = 0; at < rows.size(); at += bytes) {
        for (float& value : values)
            value = normal(random);
        quantiseRow(type, values, std::span(rows).subspan(at, bytes));
    }
    return backend.load(std::vector<WeightPart>(kExperts, {rows, type, out}), in);
}

class Layers {
public:
    Layers(Backend& backend, DType type, int layers)
        : m_backend(backend)
        , m_x(matrix(kMostRows, kHidden))
        , m_logits(matrix(kMostRows, kExperts))
        , m_weights(matrix(kMostRows, kPicks))
        , m_gateUp(matrix(kMostRows * kPicks, 2 * kFfn))
        , m_results(matrix(kMostRows * kPicks, kHidden))
        , m_ids(matrix(kMostRows, kPicks))
    {
        m_ids.type = DType::I32;
        for (int i = 0; i < layers; ++i)
            m_layers.push_back({experts(backend, type, kFfn, kHidden),
                                experts(backend, type, kFfn, kHidden),
                                experts(backend, type, kHidden, kFfn)});
    }

    /// Every layer picks anew, for each row on its own.
    void step(int rows)
    {
        Backend& b = m_backend;
        const Tensor x = m_x.firstRows(rows), gateUp = m_gateUp.firstRows(rows * kPicks);
        const Tensor ids = m_ids.firstRows(rows), weights = m_weights.firstRows(rows);
        for (const Layer& layer : m_layers) {
            std::vector<float> logits(static_cast<size_t>(rows) * kExperts);
            for (float& logit : logits)
                logit = std::normal_distribution<float>()(m_random);
            b.write(m_logits.firstRows(rows), std::as_bytes(std::span(logits)));
            b.routeExperts(ids, weights, m_logits.firstRows(rows));
            b.expertMatmul(gateUp.columns(0, kFfn), x, layer.gates, ids);
            b.expertMatmul(gateUp.columns(kFfn, kFfn), x, layer.ups, ids);
            b.glu(gateUp.columns(0, kFfn), gateUp, Activation::Silu);
            b.expertMatmul(m_results.firstRows(rows * kPicks), gateUp.columns(0, kFfn), layer.downs,
                           ids);
            b.weightedSum(x, m_results.firstRows(rows * kPicks), weights);
        }
        float waited = 0;
        b.read(std::as_writable_bytes(std::span(&waited, 1)), x.firstRows(1).columns(0, 1));
    }

    /// What a step of one row reads.
    [[nodiscard]] double bytes() const
    {
        double sum = 0.;
        for (const Layer& layer : m_layers)
            sum += static_cast<double>(layer.gates.bytes + layer.ups.bytes + layer.downs.bytes);
        return sum * kPicks / kExperts;
    }

private:
    struct Layer {
        Weight gates, ups, downs;
    };

    Tensor matrix(int rows, int cols)
    {
        m_buffers.push_back(
            m_backend.allocate(static_cast<size_t>(rows) * static_cast<size_t>(cols) * 4));
        return wholeTensor(*m_buffers.back(), rows, cols);
    }

    Backend& m_backend;
    std::vector<std::shared_ptr<Buffer>> m_buffers;
    Tensor m_x, m_logits, m_weights, m_gateUp, m_results, m_ids;
    std::vector<Layer> m_layers;
    std::mt19937 m_random{2};
};

DType typeNamed(const std::string& text)
{
    for (const DType type : kWeightTypes)
        if (name(type) == text)
            return type;
    return DType::Q4_K;
}

int argument(int argc, char** argv, int index, int otherwise)
{
    return argc > index ? std::atoi(argv[index]) : otherwise;
}

} // namespace

int main(int argc, char** argv)
{
    const auto id = parseDevice(argc > 1 ? argv[1] : "cpu");
    BackendOptions options;
    options.threads = argument(argc, argv, 2, 0);
    const int prompt = std::clamp(argument(argc, argv, 4, kMostRows), 1, kMostRows);
    const int layerCount = std::max(1, argument(argc, argv, 5, 4));
    const auto backend = createBackend(id.value_or(DeviceId{}), options);
    Layers layers(*backend, typeNamed(argc > 3 ? argv[3] : "Q4_K"), layerCount);
    layers.step(1); // so that programs are compiled
    layers.step(prompt);
    for (int pass = 0; pass < 5; ++pass) {
        const double bandwidth = backend->measureReadBandwidth();
        int steps = 0;
        double spent = 0.;
        for (; spent < 0.3; ++steps)
            spent += secondsOf([&] { layers.step(1); });
        const double one = spent / steps;
        const double all = secondsOf([&] { layers.step(prompt); });
        std::printf("bandwidth %.1f GB/s; a row %.2f ms, %.1f GB/s, %.0f %%; %d rows %.0f ms\n",
                    bandwidth / 1e9, one * 1e3, layers.bytes() / one / 1e9,
                    100. * layers.bytes() / one / bandwidth, prompt, all * 1e3);
        std::fflush(stdout);
    }
    return 0;
}
