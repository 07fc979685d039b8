#include "tests/support/cuda_on_cpu/emulated_device.h"

#include "kernels/cuda/instructions.cuh"

#include <QTest>

#include <random>

using namespace inglenook;
using namespace inglenook::cuda_on_cpu;

namespace {

constexpr int kThreads = 64;

/// Runs 64 threads of one block in an order.
void run(Schedule schedule, const std::function<void()>& thread)
{
    BlockRunner::instance().run({.blocks = 1, .threads = kThreads, .thread = thread}, schedule);
}

/// What a run complains of, or "".
QString complaintOf(const std::function<void()>& thread)
{
    try {
        run(0, thread);
    } catch (const std::logic_error& mistake) {
        return mistake.what();
    }
    return {};
}

} // namespace

/// That the emulation shows the mistakes it is there for.
class CudaOnCpuTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void barriersOrderAllThreads();
    void missingBarriersShowInSomeOrder();
    void threadsThatNeverMeetAreReported();
    void lanesInDifferentOperationsAreReported();
    void kernelsThatDoNotWaitForEarlierOnesAreReported();
    void shufflesTakeFromTheirLane();
    void permutedBytesAreThoseNamed();
    void productsOfBytesAreProducts();
};

/// Each thread takes its neighbour's number; how many got what was to be expected?
int neighboursSeen(Schedule schedule, bool withBarrier)
{
    std::array<int, kThreads> given{};
    int right = 0;
    run(schedule, [&] {
        const auto i = static_cast<size_t>(threadIdx.x);
        given[i] = 7;
        if (withBarrier)
            __syncthreads();
        right += given[(i + 1) % kThreads] == 7;
    });
    return right;
}

void CudaOnCpuTest::barriersOrderAllThreads()
{
    for (const Schedule schedule : {0u, 1u, 2u, 3u})
        QCOMPARE(neighboursSeen(schedule, true), kThreads);
}

void CudaOnCpuTest::missingBarriersShowInSomeOrder()
{
    for (const Schedule schedule : {0u, 2u, 3u})
        QVERIFY(neighboursSeen(schedule, false) < kThreads);
}

void CudaOnCpuTest::threadsThatNeverMeetAreReported()
{
    const QString complaint = complaintOf([] {
        if (threadIdx.x < 32)
            __syncwarp();
        if (threadIdx.x == 40)
            __syncwarp();
        __syncthreads();
    });

    QVERIFY2(complaint.contains("never come"), qPrintable(complaint));
    QCOMPARE(neighboursSeen(1, true), kThreads); // the next run is whole again
}

void CudaOnCpuTest::lanesInDifferentOperationsAreReported()
{
    const QString complaint = complaintOf([] {
        if (threadIdx.x % 2 == 0)
            __syncwarp();
        else
            __shfl_xor_sync(0xffffffffu, 1, 1);
    });

    QVERIFY2(complaint.contains("meet in"), qPrintable(complaint));
}

void CudaOnCpuTest::kernelsThatDoNotWaitForEarlierOnesAreReported()
{
    const auto complaint = [](const std::function<void()>& thread) {
        try {
            BlockRunner::instance().run(
                {.blocks = 2, .threads = kThreads, .thread = thread, .waits = 1}, 0);
        } catch (const std::logic_error& mistake) {
            return QString(mistake.what());
        }
        return QString();
    };

    QCOMPARE(complaint([] { cuda::waitForEarlierKernels(); }), QString());
    QVERIFY(complaint([] {}).contains("waits for earlier kernels 0 times"));
    QVERIFY(complaint([] {
                cuda::waitForEarlierKernels();
                if (threadIdx.x == 40)
                    cuda::waitForEarlierKernels();
            }).contains("2 times"));
    QVERIFY(complaint([] {
                if (blockIdx.x == 0)
                    cuda::waitForEarlierKernels();
            }).contains("0 times"));
}

void CudaOnCpuTest::shufflesTakeFromTheirLane()
{
    std::array<int, kThreads> got{};
    run(2, [&] {
        const auto i = static_cast<int>(threadIdx.x);
        got[static_cast<size_t>(i)] = __shfl_xor_sync(0xffffffffu, i, 5);
    });

    for (int i = 0; i < kThreads; ++i)
        QCOMPARE(got[static_cast<size_t>(i)], i ^ 5);
}

void CudaOnCpuTest::permutedBytesAreThoseNamed()
{
    QCOMPARE(__byte_perm(0x33221100u, 0x77665544u, 0x7160u), 0x77116600u);
    QCOMPARE(__byte_perm(0x33221100u, 0x77665544u, 0xffff2345u), 0x22334455u); // 16 bits count
}

void CudaOnCpuTest::productsOfBytesAreProducts()
{
    // A warp has a matrix (16, 32) and another (32, 8) in the order that instructions.cuh states
    std::mt19937 random(1);
    int8_t a[16][32];
    int8_t b[32][8];
    for (auto& row : a)
        for (int8_t& value : row)
            value = static_cast<int8_t>(random());
    for (auto& row : b)
        for (int8_t& value : row)
            value = static_cast<int8_t>(random());
    int whole[16][8] = {};
    int halves[16][8] = {};
    const auto word = [](const auto& byteAt) {
        unsigned bits = 0;
        for (int i = 0; i < 4; ++i)
            bits |= static_cast<unsigned>(static_cast<uint8_t>(byteAt(i))) << (8 * i);
        return bits;
    };

    run(3, [&] {
        const int g = static_cast<int>(threadIdx.x) % 32 / 4;
        const int t = static_cast<int>(threadIdx.x) % 4;
        const auto ofA = [&](int row, int k) { return word([&](int i) { return a[row][k + i]; }); };
        const unsigned fragmentA[4] = {ofA(g, 4 * t), ofA(g + 8, 4 * t), ofA(g, 16 + 4 * t),
                                       ofA(g + 8, 16 + 4 * t)};
        const unsigned fragmentB[2] = {word([&](int i) { return b[4 * t + i][g]; }),
                                       word([&](int i) { return b[16 + 4 * t + i][g]; })};
        int sums[4] = {};
        cuda::mmaS8K32(sums, fragmentA, fragmentB);
        int pieces[4] = {};
        for (int half = 0; half < 2; ++half) {
            cuda::mmaS8Rows8(pieces[0], pieces[1], fragmentA[2 * half], fragmentB[half]);
            cuda::mmaS8Rows8(pieces[2], pieces[3], fragmentA[2 * half + 1], fragmentB[half]);
        }
        for (int i = 0; i < 4; ++i) {
            whole[g + i / 2 * 8][2 * t + i % 2] = sums[i];
            halves[g + i / 2 * 8][2 * t + i % 2] = pieces[i];
        }
    });

    for (int row = 0; row < 16; ++row) {
        for (int col = 0; col < 8; ++col) {
            int expected = 0;
            for (int k = 0; k < 32; ++k)
                expected += a[row][k] * b[k][col];
            QCOMPARE(whole[row][col], expected);
            QCOMPARE(halves[row][col], expected);
        }
    }
}

QTEST_APPLESS_MAIN(CudaOnCpuTest)
#include "cuda_on_cpu_test.moc"
