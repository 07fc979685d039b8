#include "kernels/cpu/packed_weight.h"

#include "kernels/tensor.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::cpu;

namespace {

constexpr int kIn = 1024;

/// Parts of these formats and numbers of rows; what they hold does not matter.
struct Matrix {
    explicit Matrix(const std::vector<std::pair<DType, int>>& of)
    {
        for (const auto& [type, out] : of)
            bytes.emplace_back(static_cast<size_t>(out) * rowBytes(type, kIn));
        for (size_t i = 0; i < of.size(); ++i)
            parts.push_back({.rows = bytes[i], .type = of[i].first, .out = of[i].second});
    }
    std::vector<std::vector<std::byte>> bytes;
    std::vector<WeightPart> parts;
};

size_t bytesOf(const PackedWeight& weight, const PackedWeight::Run& run)
{
    const PackedWeight::Part& part = weight.parts()[static_cast<size_t>(run.part)];
    return static_cast<size_t>(run.panels) * part.panelBytes;
}

} // namespace

/// How a matrix is cut into tasks.
class PackedWeightTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsAreTheWholeMatrix_data();
    void runsAreTheWholeMatrix();
    void memoryNodesHaveEqualShares();
    void theLastRunsAreShort();
};

void PackedWeightTest::runsAreTheWholeMatrix_data()
{
    QTest::addColumn<int>("out");
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("nodes");
    for (const int out : {2, 17, 1000, 5000})
        for (const int threads : {1, 4})
            for (const int nodes : {0, 2})
                QTest::addRow("%d rows, %d threads, %d nodes", out, threads, nodes)
                    << out << threads << nodes;
}

void PackedWeightTest::runsAreTheWholeMatrix()
{
    QFETCH(int, out);
    QFETCH(int, threads);
    QFETCH(int, nodes);
    const ThreadPool pool(threads, std::vector<std::vector<int>>(static_cast<size_t>(nodes)));
    const Matrix matrix({{DType::Q4_K, out}, {DType::Q6_K, out / 2}});

    const PackedWeight weight(matrix.parts, kIn, pool);

    std::vector<int> next(matrix.parts.size(), 0); // the panel that the next run begins with
    for (const PackedWeight::Run& run : weight.runs()) {
        QVERIFY(run.panels > 0);
        int& expected = next[static_cast<size_t>(run.part)];
        QCOMPARE(run.firstPanel, expected);
        expected += run.panels;
    }
    for (size_t i = 0; i < next.size(); ++i)
        QCOMPARE(next[i], weight.parts()[i].panels);
}

/// A node has the same part of the indices of every job (thread_pool.h).
void PackedWeightTest::memoryNodesHaveEqualShares()
{
    const ThreadPool pool(4, std::vector<std::vector<int>>(2));
    const Matrix matrix({{DType::Q8_0, 20000}});
    const PackedWeight weight(matrix.parts, kIn, pool);

    size_t first = 0;
    size_t all = 0;
    const std::span<const PackedWeight::Run> runs = weight.runs();
    for (size_t i = 0; i < runs.size(); ++i) {
        all += bytesOf(weight, runs[i]);
        first += i < runs.size() / 2 ? bytesOf(weight, runs[i]) : 0;
    }

    const double share = static_cast<double>(first) / static_cast<double>(all);
    QVERIFY2(share > 0.45 && share < 0.55, qPrintable(QString::number(share)));
}

void PackedWeightTest::theLastRunsAreShort()
{
    const ThreadPool pool(2);
    const Matrix matrix({{DType::Q8_0, 20000}});
    const PackedWeight weight(matrix.parts, kIn, pool);

    const auto all = static_cast<double>(weight.bytes());
    const auto first = static_cast<double>(bytesOf(weight, weight.runs().front()));
    const auto last = static_cast<double>(bytesOf(weight, weight.runs().back()));

    QVERIFY2(first > 0.2 * all && last < 0.01 * all,
             qPrintable(QString("%1, %2").arg(first / all).arg(last / all)));
}

QTEST_APPLESS_MAIN(PackedWeightTest)
#include "packed_weight_test.moc"
