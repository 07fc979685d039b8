// Measures the operators of one device at the shapes of a 1B model: decoding, recorded, against the
// read bandwidth of the device measured in between, wider steps and prompts in operations per
// second. Usage: kernels_bench [device] [threads] [format or all] [overlap or apart: of kernels,
// where a device can start one before the one in front has ended]

#include "kernels/cpu/host_memory.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/devices.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <numeric>
#include <random>

using namespace inglenook;

namespace {

constexpr int kHidden = 2048, kFfn = 8192, kLayers = 16, kVocabulary = 32768, kContext = 1024;
constexpr AttentionShape kShape{.heads = 32, .kvHeads = 8, .headSize = 64, .scale = 0.125f};

double secondsOf(const auto& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Bytes per second: what the device says of itself, else a plain sum over a buffer much larger
/// than the caches, by all threads.
class ReadBandwidth {
public:
    ReadBandwidth(Backend& device, int threads)
        : m_device(device)
        , m_pool(threads)
        , m_memory(size_t{512} << 20)
        , m_words(m_memory.bytes() / 8)
    {
        auto* words = reinterpret_cast<uint64_t*>(m_memory.data());
        for (size_t i = 0; i < m_words; ++i)
            words[i] = i;
    }

    double measure()
    {
        if (const double ofDevice = m_device.measureReadBandwidth(); ofDevice > 0.)
            return ofDevice;
        const auto* words = reinterpret_cast<const uint64_t*>(m_memory.data());
        const int pieces = 64;
        const size_t each = m_words / pieces;
        const double seconds = secondsOf([&] {
            m_pool.run(pieces, [&](int index, int) {
                uint64_t sums[32] = {};
                const uint64_t* from = words + static_cast<size_t>(index) * each;
                for (size_t i = 0; i < each; i += 32)
                    for (size_t lane = 0; lane < 32; ++lane)
                        sums[lane] += from[i + lane];
                for (const uint64_t sum : sums)
                    m_sink = m_sink + sum;
            });
        });
        return static_cast<double>(m_memory.bytes()) / seconds;
    }

private:
    Backend& m_device;
    cpu::ThreadPool m_pool;
    cpu::HostMemory m_memory;
    size_t m_words;
    std::atomic<uint64_t> m_sink = 0;
};

std::vector<std::byte> randomRows(DType type, int out, int in)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0.f, 0.05f);
    std::vector<float> values(static_cast<size_t>(in));
    const size_t bytes = rowBytes(type, in);
    std::vector<std::byte> rows(static_cast<size_t>(out) * bytes);
    constexpr int kinds = 16; // further rows repeat: the speed does not depend on values
    for (int r = 0; r < out; ++r) {
        const std::span row = std::span(rows).subspan(static_cast<size_t>(r) * bytes, bytes);
        if (r < kinds) {
            for (float& value : values)
                value = normal(random);
            quantiseRow(type, values, row);
        } else {
            std::copy_n(rows.begin() + static_cast<ptrdiff_t>(bytes) * (r % kinds), bytes,
                        row.begin());
        }
    }
    return rows;
}

struct Matrix {
    std::shared_ptr<Buffer> buffer;
    Tensor tensor;
};

Matrix matrix(Backend& backend, int rows, int cols, DType type = DType::F32)
{
    Matrix m;
    m.buffer = backend.allocate(static_cast<size_t>(rows) * static_cast<size_t>(cols) * 4);
    m.tensor = wholeTensor(*m.buffer, rows, cols, type);
    return m;
}

template <class T> Matrix matrixOf(Backend& backend, const std::vector<T>& values, int cols)
{
    Matrix m = matrix(backend, static_cast<int>(values.size()) / cols, cols,
                      std::is_same_v<T, float> ? DType::F32 : DType::I32);
    backend.write(m.tensor, std::as_bytes(std::span(values)));
    return m;
}

/// How gates, ups and their product are computed.
enum class Glu { Fused, ByDefinition };

/// A decoder of the shape of a 1B model; all layers have their own bytes.
class Model {
public:
    Model(Backend& backend, DType type, int rows)
        : m_backend(backend)
        , m_x(matrix(backend, rows, kHidden))
        , m_h(matrix(backend, rows, kHidden))
        , m_qkv(matrix(backend, rows, kShape.qkvCols()))
        , m_attended(matrix(backend, rows, kHidden))
        , m_gateUp(matrix(backend, rows, 2 * kFfn))
        , m_logits(matrix(backend, kDecodeRows, kVocabulary))
        , m_places(matrix(backend, rows, 1, DType::I32))
        , m_slots(matrix(backend, rows, 1, DType::I32))
    {
        const auto load = [&](int out, int in) {
            const auto bytes = randomRows(type, out, in);
            m_fileBytes += bytes.size();
            const WeightPart part{bytes, type, out};
            Weight weight;
            m_loadSeconds += secondsOf([&] { weight = backend.load(std::span(&part, 1), in); });
            m_bytes += weight.bytes;
            return weight;
        };
        const std::vector<float> ones(kHidden, 1.f);
        const WeightPart norm{std::as_bytes(std::span(ones)), DType::F32, 1};
        m_norm = backend.load(std::span(&norm, 1), kHidden);
        for (int l = 0; l < kLayers; ++l)
            m_layers.push_back({load(kShape.qkvCols(), kHidden), load(kHidden, kHidden),
                                load(2 * kFfn, kHidden), load(kHidden, kFfn)});
        m_head = load(kVocabulary, kHidden);

        const int pages = kContext / kPageTokens;
        std::vector<int32_t> table(static_cast<size_t>(pages));
        std::iota(table.begin(), table.end(), 0);
        m_table = matrixOf(backend, table, pages);
        m_cache = backend.allocate(kvPageBytes(kShape.kvHeads, kShape.headSize) *
                                   static_cast<size_t>(pages));
        std::vector<float> rotation(static_cast<size_t>(rows) * 64, 0.7f);
        m_rotation = matrixOf(backend, rotation, 64);
        std::vector<float> x(static_cast<size_t>(rows) * kHidden);
        std::mt19937 random(2);
        for (float& value : x)
            value = std::normal_distribution<float>()(random);
        m_backend.write(m_x.tensor, std::as_bytes(std::span(x)));
    }

    /// `rows` tokens from `position` on; few rows are recorded once and replayed.
    void step(int rows, int position)
    {
        std::vector<int32_t> positions(static_cast<size_t>(rows));
        std::iota(positions.begin(), positions.end(), position);
        m_backend.write(m_places.tensor.firstRows(rows), std::as_bytes(std::span(positions)));
        if (rows > kDecodeRows)
            forward(rows);
        else
            repeat(m_steps[rows], [this, rows] { forward(rows); });
        wait();
    }

    /// Seconds for the gates and ups of one layer, and what they make.
    double gluSeconds(int rows, Glu how)
    {
        std::unique_ptr<Recording> recording;
        const auto all = [this, rows, how] {
            for (const Layer& layer : m_layers) {
                const Tensor gateUp = m_gateUp.tensor.firstRows(rows);
                const Tensor x = m_h.tensor.firstRows(rows);
                if (how == Glu::Fused)
                    m_backend.matmulGlu(gateUp, x, layer.gateUp, Activation::Silu);
                else
                    m_backend.Backend::matmulGlu(gateUp, x, layer.gateUp, Activation::Silu);
            }
        };
        std::vector<double> times;
        for (int i = 0; i < 6; ++i)
            times.push_back(secondsOf([&] {
                repeat(recording, all);
                wait();
            }));
        return median({times.begin() + 1, times.end()}) / kLayers;
    }

    [[nodiscard]] double bytes() const { return static_cast<double>(m_bytes); }
    [[nodiscard]] double fileBytes() const { return static_cast<double>(m_fileBytes); }
    [[nodiscard]] double loadSeconds() const { return m_loadSeconds; }

private:
    void repeat(std::unique_ptr<Recording>& recording, const std::function<void()>& work)
    {
        if (recording)
            m_backend.replay(*recording);
        else
            recording = m_backend.record(work);
    }

    void wait()
    {
        float waited = 0;
        m_backend.read(std::as_writable_bytes(std::span(&waited, 1)),
                       m_logits.tensor.firstRows(1).columns(0, 1));
    }

    void forward(int rows)
    {
        StepInputs in;
        in.positions = m_places.tensor.firstRows(rows);
        in.slots = m_slots.tensor.firstRows(rows);
        in.contextBound = kContext;
        const KvPages kv{m_cache, kContext / kPageTokens, m_table.tensor};
        const Rope rope{RopePairs::Halves, 64, m_rotation.tensor.firstRows(rows)};
        const auto part = [&](const Matrix& m) { return m.tensor.firstRows(rows); };
        Backend& b = m_backend;
        for (const Layer& layer : m_layers) {
            b.rmsNorm(part(m_h), part(m_x), m_norm, 1e-5f);
            b.matmul(part(m_qkv), part(m_h), layer.qkv);
            b.rotateAndStore(part(m_qkv), kv, {}, rope, kShape, in);
            b.attention(part(m_attended), part(m_qkv), kv, kShape, in);
            b.matmul(part(m_h), part(m_attended), layer.o);
            b.rmsNorm(part(m_h), part(m_x), m_norm, 1e-5f);
            b.matmulGlu(part(m_gateUp), part(m_h), layer.gateUp, Activation::Silu);
            b.matmul(part(m_h), part(m_gateUp).columns(0, kFfn), layer.down);
        }
        const int outputs = std::min(rows, kDecodeRows);
        b.matmul(m_logits.tensor.firstRows(outputs), m_h.tensor.firstRows(outputs), m_head);
    }

    struct Layer {
        Weight qkv, o, gateUp, down;
    };
    Backend& m_backend;
    Matrix m_x, m_h, m_qkv, m_attended, m_gateUp, m_logits, m_places, m_slots, m_table, m_rotation;
    std::shared_ptr<Buffer> m_cache;
    std::vector<Layer> m_layers;
    Weight m_norm, m_head;
    size_t m_bytes = 0, m_fileBytes = 0;
    double m_loadSeconds = 0;
    std::map<int, std::unique_ptr<Recording>> m_steps; // by rows
};

void measureModel(Backend& backend, DType type, ReadBandwidth& reading)
{
    constexpr int prompt = 512, repeats = 9;
    Model model(backend, type, prompt);
    model.step(prompt, 0);

    std::vector<double> shares, rates, bandwidths;
    for (int i = 0; i < repeats; ++i) {
        bandwidths.push_back(reading.measure());
        double seconds = 0;
        constexpr int tokens = 4;
        for (int t = 0; t < tokens; ++t)
            seconds += secondsOf([&] { model.step(1, prompt + t); }) / tokens;
        rates.push_back(1 / seconds);
        shares.push_back(model.bytes() / seconds / (bandwidths.back() + reading.measure()) * 2);
    }
    std::printf("%-6s %5.2f of %5.2f GB in the file, loaded at %4.1f GB/s; decode %6.1f tok/s = "
                "%3.0f %% of "
                "%4.1f GB/s;",
                std::string(name(type)).c_str(), model.bytes() / 1e9, model.fileBytes() / 1e9,
                model.fileBytes() / 1e9 / model.loadSeconds(), median(rates), 100 * median(shares),
                median(bandwidths) / 1e9);

    const double single = 1 / median(rates);
    std::printf(" step of 2/4/8/16 rows:");
    for (const int rows : {2, 4, 8, 16}) {
        std::vector<double> times;
        for (int i = 0; i < 5; ++i)
            times.push_back(secondsOf([&] { model.step(rows, prompt); }));
        std::printf(" %.2f", median(times) / single);
    }
    std::printf("; gates and ups fused / not, us:");
    for (const int rows : {1, 8, 16})
        std::printf(" %.1f / %.1f", 1e6 * model.gluSeconds(rows, Glu::Fused),
                    1e6 * model.gluSeconds(rows, Glu::ByDefinition));
    std::vector<double> times, coreTimes;
    for (int i = 0; i < 5; ++i) {
        const std::clock_t before = std::clock();
        times.push_back(secondsOf([&] { model.step(prompt, 0); }));
        coreTimes.push_back(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    }
    std::printf("; prompt of %d: %6.1f tok/s, %6.1f per core second\n", prompt,
                prompt / median(times), prompt / median(coreTimes));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    const auto device = parseDevice(argc > 1 ? argv[1] : "cpu");
    if (!device) {
        std::fprintf(stderr, "kernels_bench: %s is no device\n", argv[1]);
        return 2;
    }
    const int threads =
        argc > 2 ? std::atoi(argv[2]) : static_cast<int>(std::thread::hardware_concurrency());
    const bool overlap = argc <= 4 || std::string_view(argv[4]) == "overlap";
    const auto backend = createBackend(*device, {.threads = threads, .overlapKernels = overlap});
    ReadBandwidth reading(*backend, threads);
    for (const DeviceInfo& info : listDevices())
        if (info.id == *device)
            std::printf("%s, %d threads\n", info.name.c_str(), threads);
    for (const DType type :
         {DType::Q4_K, DType::Q8_0, DType::Q4_0, DType::Q5_K, DType::Q6_K, DType::Q5_1, DType::Q2_K,
          DType::Q3_K, DType::IQ4_XS, DType::MXFP4, DType::F16}) {
        if (argc > 3 && argv[3] != std::string_view("all") && name(type) != argv[3])
            continue;
        measureModel(*backend, type, reading);
    }
    return 0;
}
