#include "kernels/vulkan/memory.h"

#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

#include <memory>

using namespace inglenook;
using namespace inglenook::vulkan;

class MemoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void rangesAreAlignedAndApart();
    void freedNeighboursBecomeOneGap();
    void whatDoesNotFitIsRefusedInASentence();

private:
    TestedDevice m_tested;
};

namespace {

struct Opened {
    Device device{0, false};
    CommandStream commands{device};
    Memory memory{device, commands};
};

constexpr size_t kMegabyte = size_t{1} << 20;

} // namespace

void MemoryTest::initTestCase()
{
    m_tested = firstVulkanDevice();
}

void MemoryTest::rangesAreAlignedAndApart()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    Opened on;

    const Memory::Range a = on.memory.allocate(1);
    const Memory::Range b = on.memory.allocate(300);
    const Memory::Range large = on.memory.allocate(100 * kMegabyte);

    QCOMPARE(a.address() % Memory::kAlignment, VkDeviceAddress{0});
    QCOMPARE(b.address() % Memory::kAlignment, VkDeviceAddress{0});
    QCOMPARE(a.block, b.block);
    QVERIFY(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset);
    QVERIFY(large.block != a.block);
    QCOMPARE(large.block->bytes(), 100 * kMegabyte);
    for (const Memory::Range& range : {a, b, large})
        on.memory.release(range);
}

void MemoryTest::freedNeighboursBecomeOneGap()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    Opened on;
    const Memory::Range first = on.memory.allocate(kMegabyte);
    const Memory::Range second = on.memory.allocate(kMegabyte);
    const Memory::Range third = on.memory.allocate(kMegabyte);
    const Memory::Range last = on.memory.allocate(kMegabyte);

    on.memory.release(first);
    on.memory.release(third);
    on.memory.release(second); // joins both sides
    const Memory::Range together = on.memory.allocate(3 * kMegabyte);

    QCOMPARE(together.block, first.block);
    QCOMPARE(together.offset, first.offset);
    on.memory.release(together);
    on.memory.release(last);
}

void MemoryTest::whatDoesNotFitIsRefusedInASentence()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    Opened on;
    const size_t tooMuch = on.device.facts().memoryTotal + kMegabyte;

    try {
        static_cast<void>(on.memory.allocate(tooMuch));
        QFAIL("more memory was granted than there is");
    } catch (const std::runtime_error& e) {
        QVERIFY2(QString(e.what()).contains("of memory left, but"), e.what());
    }

    on.memory.release(on.memory.allocate(kMegabyte)); // the rest still works
}

QTEST_APPLESS_MAIN(MemoryTest)
#include "memory_test.moc"
