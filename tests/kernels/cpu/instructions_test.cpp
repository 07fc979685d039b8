#define QT_NO_KEYWORDS // a step has slots

#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/quant_formats.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/self_test/self_test.h"
#include "tests/kernels/cpu/emulated_tiles.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

using namespace inglenook;
using namespace inglenook::cpu;

namespace {

struct Set {
    const char* name;
    const Instructions* instructions;
};

std::vector<Set> setsOfThisProcessor()
{
    const CpuFeatures features = readCpuFeatures();
    std::vector<Set> sets;
    if (features.avx2)
        sets.push_back({"AVX2", &kAvx2});
    if (features.avxVnni)
        sets.push_back({"AVX-VNNI", &kAvxVnni});
    if (features.avx512)
        sets.push_back({"AVX-512 VNNI", &kAvx512});
    if (features.avx512)
        sets.push_back({"AMX, emulated", &kEmulatedTiles});
    if (features.amx)
        sets.push_back({"AMX", &kAmx});
    return sets;
}

using Values = std::vector<float>;

Values randomValues(size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Values values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

/// Tensors of one backend.
class Bench {
public:
    explicit Bench(Backend& backend)
        : m_backend(backend)
    {
    }

    Tensor tensor(int rows, int cols, DType type = DType::F32)
    {
        m_buffers.push_back(
            m_backend.allocate(static_cast<size_t>(rows) * static_cast<size_t>(cols) * 4));
        return wholeTensor(*m_buffers.back(), rows, cols, type);
    }
    Tensor random(int rows, int cols, unsigned seed)
    {
        const Tensor t = tensor(rows, cols);
        const Values values = randomValues(static_cast<size_t>(rows * cols), seed);
        m_backend.write(t, std::as_bytes(std::span(values)));
        return t;
    }
    Tensor integers(const std::vector<int32_t>& values, int cols)
    {
        const Tensor t = tensor(static_cast<int>(values.size()) / cols, cols, DType::I32);
        m_backend.write(t, std::as_bytes(std::span(values)));
        return t;
    }
    Weight weight(DType type, int out, int in)
    {
        const size_t bytes = rowBytes(type, in);
        std::vector<std::byte> rows(static_cast<size_t>(out) * bytes);
        for (int r = 0; r < out; ++r)
            quantiseRow(type, randomValues(static_cast<size_t>(in), static_cast<unsigned>(r)),
                        std::span(rows).subspan(static_cast<size_t>(r) * bytes, bytes));
        const WeightPart part{rows, type, out};
        return m_backend.load(std::span(&part, 1), in);
    }
    void keep(const Tensor& t)
    {
        Values values(static_cast<size_t>(t.rows) * static_cast<size_t>(t.cols));
        m_backend.read(std::as_writable_bytes(std::span(values)), t);
        m_results.push_back(std::move(values));
    }
    std::vector<Values> results() { return std::move(m_results); }

private:
    Backend& m_backend;
    std::vector<std::shared_ptr<Buffer>> m_buffers;
    std::vector<Values> m_results;
};

void multiply(Backend& backend, Bench& bench)
{
    constexpr int rows = 31, in = 512, out = 83; // tiles of 16, 8, 4, 2, 1 and a padded panel
    for (const DType type : kWeightTypes) {
        if (keptAs(type) != type)
            continue;
        const Tensor y = bench.tensor(rows, out);
        backend.matmul(y, bench.random(rows, in, 1), bench.weight(type, out, in),
                       bench.weight(DType::F32, 1, out));
        bench.keep(y);
    }
}

void walkAlongRows(Backend& backend, Bench& bench)
{
    constexpr int rows = 3, cols = 205;
    const Tensor y = bench.tensor(rows, cols), gateUp = bench.random(rows, 2 * cols, 3);
    backend.rmsNorm(y, bench.random(rows, cols, 2), bench.weight(DType::F32, 1, cols), 1e-5f);
    bench.keep(y);
    for (const Activation activation :
         {Activation::Silu, Activation::GeluTanh, Activation::ClampedSilu}) {
        backend.glu(y, gateUp, activation);
        bench.keep(y);
    }
    backend.softcap(y, 2.f);
    bench.keep(y);
    const Tensor found = bench.tensor(2, kCandidateCols, DType::I32);
    backend.topCandidates(found, bench.random(2, 40'001, 6)); // more than a slice
    bench.keep(found);
}

enum class Sinks { None, EachHead };

void attend(Backend& backend, Bench& bench, int rows, int contextBound, const AttentionShape& shape,
            KvType type = KvType::F16, Sinks sinks = Sinks::None)
{
    // A prompt of some pages, then its last token again, alone.
    const int pages = contextBound / kPageTokens;
    std::vector<int32_t> table(static_cast<size_t>(pages)), positions(static_cast<size_t>(rows));
    std::iota(table.rbegin(), table.rend(), 0);
    std::iota(positions.begin(), positions.end(), 0);
    const std::shared_ptr<Buffer> cache = backend.allocate(
        kvPageBytes(shape.kvHeads, shape.headSize, type) * static_cast<size_t>(pages));
    const KvPages kv{cache, pages, bench.integers(table, pages), type};
    const Rope rope{RopePairs::Halves, shape.headSize, bench.random(rows, shape.headSize, 4)};

    for (const int count : {rows, 1}) {
        StepInputs in;
        in.positions = bench.integers({positions.end() - count, positions.end()}, 1);
        in.slots = bench.integers(std::vector<int32_t>(static_cast<size_t>(count), 0), 1);
        in.contextBound = contextBound;
        Rope turned = rope;
        turned.rotation = rope.rotation.firstRows(count);
        const Tensor qkv = bench.random(count, shape.qkvCols(), 5);
        const Tensor y = bench.tensor(count, shape.queryCols());
        const Weight norm = bench.weight(DType::F32, 1, shape.headSize);
        backend.rotateAndStore(qkv, kv, {norm, norm, 1e-6f}, turned, shape, in);
        backend.attention(y, qkv, kv, shape, in,
                          sinks == Sinks::EachHead ? bench.weight(DType::F32, 1, shape.heads)
                                                   : Weight());
        bench.keep(y);
    }
}

std::vector<Values> allOperators(const Instructions& instructions, int threads)
{
    const std::vector<std::vector<int>> nodes(threads > 2 ? 2 : 0);
    CpuBackend backend(instructions, threads, nodes);
    Bench bench(backend);
    multiply(backend, bench);
    walkAlongRows(backend, bench);
    attend(backend, bench, 300, 320, {.heads = 6, .kvHeads = 2, .headSize = 64, .scale = 0.2f});
    attend(
        backend, bench, 700, 704,
        {.heads = 4, .kvHeads = 1, .headSize = 18, .window = 500, .scale = 0.2f, .softcap = 3.f});
    for (const KvType type : {KvType::Q8_0, KvType::Q4})
        attend(backend, bench, 300, 320,
               {.heads = 7, .kvHeads = 1, .headSize = 80, .window = 290, .scale = 0.2f}, type);
    attend(backend, bench, 600, 640, {.heads = 4, .kvHeads = 2, .headSize = 32, .scale = 0.2f},
           KvType::F16, Sinks::EachHead);
    return bench.results();
}

bool sameBits(const std::vector<Values>& a, const std::vector<Values>& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto& x, auto& y) {
               return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * 4) == 0;
           });
}

} // namespace

class InstructionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySetPassesTheSelfTest_data();
    void everySetPassesTheSelfTest();
    void setsAndThreadsDoNotChangeBits_data();
    void setsAndThreadsDoNotChangeBits();
    void scalesOfMXFP4ReachBothEnds_data();
    void scalesOfMXFP4ReachBothEnds();
};

void InstructionsTest::everySetPassesTheSelfTest_data()
{
    QTest::addColumn<int>("set");
    for (int i = 0; const Set& set : setsOfThisProcessor())
        QTest::addRow("%s", set.name) << i++;
}

void InstructionsTest::everySetPassesTheSelfTest()
{
    QFETCH(int, set);
    CpuBackend backend(*setsOfThisProcessor()[static_cast<size_t>(set)].instructions, 2);
    ReferenceBackend reference;
    for (const OperatorCase& test : selfTestCases()) {
        if (!test.quick)
            continue;
        const OperatorResult result = runCase(backend, reference, test);
        QVERIFY2(result.ok(), result.text().c_str());
    }
}

void InstructionsTest::setsAndThreadsDoNotChangeBits_data()
{
    QTest::addColumn<int>("set");
    QTest::addColumn<int>("threads");
    for (int i = 0; const Set& set : setsOfThisProcessor()) {
        for (const int threads : {1, 3})
            QTest::addRow("%s, %d threads", set.name, threads) << i << threads;
        ++i;
    }
}

void InstructionsTest::setsAndThreadsDoNotChangeBits()
{
    QFETCH(int, set);
    QFETCH(int, threads);
    const Instructions& instructions =
        *setsOfThisProcessor()[static_cast<size_t>(set)].instructions;

    const std::vector<Values> results = allOperators(instructions, threads);

    QVERIFY(sameBits(results, allOperators(kAvx2, 2)));
}

void InstructionsTest::scalesOfMXFP4ReachBothEnds_data()
{
    everySetPassesTheSelfTest_data();
}

/// The least scales are below the normal numbers of f32.
void InstructionsTest::scalesOfMXFP4ReachBothEnds()
{
    QFETCH(int, set);
    CpuBackend backend(*setsOfThisProcessor()[static_cast<size_t>(set)].instructions, 1);
    Bench bench(backend);
    constexpr int exponents[] = {0, 1, 2, 127, 254};
    constexpr auto count = static_cast<int>(std::size(exponents));
    std::vector<BlockMXFP4> blocks(static_cast<size_t>(count));
    for (size_t i = 0; i < blocks.size(); ++i)
        blocks[i] = {.exponent = static_cast<uint8_t>(exponents[i]), .q = {0x0b}}; // -1.5
    const WeightPart part{std::as_bytes(std::span(blocks)), DType::MXFP4, count};
    const Weight weight = backend.load(std::span(&part, 1), 32);

    for (const float factor : {0x1p100f, 0x1p-20f}) {
        Values x(32, 0.f);
        x[0] = factor;
        const Tensor from = bench.tensor(1, 32), y = bench.tensor(1, count);
        backend.write(from, std::as_bytes(std::span(x)));
        backend.matmul(y, from, weight, {});
        Values found(static_cast<size_t>(count));
        backend.read(std::as_writable_bytes(std::span(found)), y);

        for (size_t i = 0; i < found.size(); ++i) {
            const double expected = -1.5 * std::ldexp(factor, exponents[i] - 127);
            if (std::fabs(expected) < 0x1p127 && std::fabs(expected) > 0x1p-120)
                QVERIFY2(std::fabs(found[i] / expected - 1) < 1e-6,
                         qPrintable(QString("%1: %2, not %3")
                                        .arg(exponents[i])
                                        .arg(static_cast<double>(found[i]))
                                        .arg(expected)));
        }
    }
}

QTEST_APPLESS_MAIN(InstructionsTest)
#include "instructions_test.moc"
