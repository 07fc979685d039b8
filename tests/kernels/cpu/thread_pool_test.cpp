#include "kernels/cpu/thread_pool.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>

using inglenook::cpu::ThreadPool;

class ThreadPoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyIndexIsRunOnce_data();
    void everyIndexIsRunOnce();
    void resultsAreVisibleToTheCaller();
    void aThreadRunsOneTaskAtATime();
    void sleepingThreadsWakeForWork();
    void eachNodeBeginsWithItsShare();
    void poolsShareTheCores();
    void anIdlePoolEnds();
};

void ThreadPoolTest::everyIndexIsRunOnce_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<int>("nodes");
    QTest::addColumn<int>("count");
    for (const int threads : {1, 2, 5})
        for (const int nodes : {0, 1, 3})
            for (const int count : {0, 1, 2, 7, 1000})
                QTest::addRow("%d threads, %d nodes, %d tasks", threads, nodes, count)
                    << threads << nodes << count;
}

void ThreadPoolTest::everyIndexIsRunOnce()
{
    QFETCH(int, threads);
    QFETCH(int, nodes);
    QFETCH(int, count);
    ThreadPool pool(threads, std::vector<std::vector<int>>(static_cast<size_t>(nodes)));
    constexpr int jobs = 20;
    std::vector<std::atomic<int>> runs(static_cast<size_t>(count));

    for (int job = 0; job < jobs; ++job)
        pool.run(count, [&](int index, int) { ++runs[static_cast<size_t>(index)]; });

    QCOMPARE(pool.threads(), threads);
    QVERIFY(std::ranges::all_of(runs, [](const std::atomic<int>& n) { return n == jobs; }));
}

void ThreadPoolTest::resultsAreVisibleToTheCaller()
{
    ThreadPool pool(4);
    std::vector<int> values(64, 0);

    for (int job = 0; job < 2000; ++job)
        pool.run(64, [&](int index, int) { values[static_cast<size_t>(index)] += index; });

    for (int i = 0; i < 64; ++i)
        QCOMPARE(values[static_cast<size_t>(i)], 2000 * i);
}

void ThreadPoolTest::aThreadRunsOneTaskAtATime()
{
    ThreadPool pool(4);
    std::vector<int> scratch(4, 0); // unguarded: the thread sanitizer watches
    std::atomic<bool> shared = false;

    for (int job = 0; job < 200; ++job)
        pool.run(50, [&](int, int thread) {
            int& own = scratch[static_cast<size_t>(thread)];
            if (++own != 1)
                shared = true;
            --own;
        });

    QVERIFY(!shared);
}

void ThreadPoolTest::sleepingThreadsWakeForWork()
{
    // Two tasks that wait for each other need two threads. Between the jobs the other thread has
    // time to fall asleep.
    using Clock = std::chrono::steady_clock;
    ThreadPool pool(2);
    for (int job = 0; job < 20; ++job) {
        for (const auto start = Clock::now();
             Clock::now() - start < std::chrono::milliseconds(1);) { }
        std::atomic<int> met = 0;

        pool.run(2, [&](int, int) {
            ++met;
            while (met < 2)
                std::this_thread::yield();
        });

        QCOMPARE(met.load(), 2);
    }
}

void ThreadPoolTest::eachNodeBeginsWithItsShare()
{
    // Four tasks that wait for each other need all four threads, two on each node.
    ThreadPool pool(4, std::vector<std::vector<int>>(2));
    for (int job = 0; job < 20; ++job) {
        std::atomic<int> met = 0;
        std::array<int, 4> threadOf = {};

        pool.run(4, [&](int index, int thread) {
            threadOf[static_cast<size_t>(index)] = thread;
            ++met;
            while (met < 4)
                std::this_thread::yield();
        });

        QVERIFY(threadOf[0] < 2 && threadOf[1] < 2);
        QVERIFY(threadOf[2] >= 2 && threadOf[3] >= 2);
    }
}

void ThreadPoolTest::poolsShareTheCores()
{
    // Two pools in step, as two parts of one model: twice as many threads as processors, and every
    // one that waits keeps one from working until it gives way.
    const int cores = static_cast<int>(std::max(2U, std::thread::hardware_concurrency()));
    constexpr int jobs = 500;
    std::array<std::atomic<int>, 2> done = {};
    std::atomic<int> tasks = 0;
    const auto drive = [&](size_t self) {
        ThreadPool pool(cores);
        for (int job = 1; job <= jobs; ++job) {
            pool.run(2 * cores, [&](int, int) { ++tasks; });
            done[self] = job;
            while (done[1 - self] < job)
                std::this_thread::yield();
        }
    };

    std::thread other(drive, 1);
    drive(0);
    other.join();

    QCOMPARE(tasks.load(), 2 * jobs * 2 * cores);
}

void ThreadPoolTest::anIdlePoolEnds()
{
    for (int i = 0; i < 50; ++i)
        ThreadPool(3);
}

QTEST_APPLESS_MAIN(ThreadPoolTest)
#include "thread_pool_test.moc"
