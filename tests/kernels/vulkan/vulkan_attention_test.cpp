// Attention over many chunks is computed in two ways: a workgroup per chunk and a merge for few
// rows, one workgroup for all chunks otherwise. A workgroup takes as many of the query heads that
// share keys as suit it. The operator's own test compares values; here, bits.

#include "kernels/self_test/test_cache.h"
#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

using namespace inglenook;
using namespace inglenook::self_test;

class VulkanAttentionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void manyRowsHaveTheBitsOfOneRow_data();
    void manyRowsHaveTheBitsOfOneRow();
    void packedHeadsHaveTheBitsOfOneHead_data();
    void packedHeadsHaveTheBitsOfOneHead();
};

namespace {

constexpr int kTokens = 700;
constexpr int kRows = 24;

void store(Workspace& on, TestCache& cache, const AttentionShape& shape)
{
    const std::vector<Place> places = allPlaces({kTokens});
    on.backend().rotateAndStore(on.changing(randomMatrix(3, kTokens, shape.qkvCols())),
                                cache.pages(), {}, {}, shape, cache.inputs(places));
}

Matrix attend(Workspace& on, TestCache& cache, const AttentionShape& shape, const Matrix& queries,
              std::span<const Place> places, int contextBound)
{
    const Tensor qkv = on.input(queries);
    const Tensor y = on.output(queries.rows, shape.queryCols());
    StepInputs in = cache.inputs(places);
    in.contextBound = contextBound;
    on.backend().attention(y, qkv, cache.pages(), shape, in);
    return on.read(y);
}

} // namespace

void VulkanAttentionTest::manyRowsHaveTheBitsOfOneRow_data()
{
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("headSize");
    QTest::addRow("all tokens") << 0 << 64;
    QTest::addRow("a window of 300") << 300 << 64;
    QTest::addRow("heads of 20") << 0 << 20;
}

void VulkanAttentionTest::manyRowsHaveTheBitsOfOneRow()
{
    QFETCH(int, window);
    QFETCH(int, headSize);
    const TestedDevice tested = firstVulkanDevice();
    INGLENOOK_NEED_VULKAN(tested);
    OpenedDevices opened;
    Workspace on(opened.open(tested.id), Placement::Packed);
    const AttentionShape shape{
        .heads = 2, .kvHeads = 1, .headSize = headSize, .window = window, .scale = 0.2f};
    TestCache cache(on, shape, {kTokens});
    store(on, cache, shape);
    const Matrix queries = randomMatrix(4, kRows, shape.qkvCols());
    std::vector<Place> places;
    for (int r = 0; r < kRows; ++r)
        places.push_back({.slot = 0, .position = kTokens - 1 - r * 29});

    const Matrix together = attend(on, cache, shape, queries, places, kTokens);

    for (int r = 0; r < kRows; ++r) {
        const std::vector<int> row{r};
        const Matrix alone = attend(on, cache, shape, queries.chosen(row),
                                    std::span(places).subspan(static_cast<size_t>(r), 1), kTokens);
        QCOMPARE(alone.values, together.chosen(row).values);
    }
}

void VulkanAttentionTest::packedHeadsHaveTheBitsOfOneHead_data()
{
    QTest::addColumn<int>("heads");
    QTest::addColumn<int>("headSize");
    QTest::addColumn<int>("type");
    QTest::addRow("seven of 64") << 7 << 64 << static_cast<int>(KvType::F16);
    QTest::addRow("twelve of 20") << 12 << 20 << static_cast<int>(KvType::F16);
    QTest::addRow("four of 256") << 4 << 256 << static_cast<int>(KvType::Q8_0);
}

void VulkanAttentionTest::packedHeadsHaveTheBitsOfOneHead()
{
    QFETCH(int, heads);
    QFETCH(int, headSize);
    QFETCH(int, type);
    const TestedDevice tested = firstVulkanDevice();
    INGLENOOK_NEED_VULKAN(tested);
    OpenedDevices opened;
    Workspace on(opened.open(tested.id), Placement::Packed);
    const AttentionShape one{.heads = 1, .kvHeads = 1, .headSize = headSize, .scale = 0.2f};
    AttentionShape group = one;
    group.heads = heads;
    TestCache cache(on, one, {kTokens}, static_cast<KvType>(type));
    store(on, cache, one);
    const Matrix queries = randomMatrix(5, 1, group.qkvCols());
    const std::vector<Place> place{{.slot = 0, .position = kTokens - 1}};

    const Matrix together = attend(on, cache, group, queries, place, kTokens);

    for (int h = 0; h < heads; ++h) {
        Matrix query(1, one.qkvCols());
        std::copy_n(queries.values.begin() + h * headSize, headSize, query.values.begin());
        const Matrix alone = attend(on, cache, one, query, place, kTokens);
        const auto from = together.values.begin() + h * headSize;
        QCOMPARE(alone.values, std::vector<float>(from, from + headSize));
    }
}

QTEST_APPLESS_MAIN(VulkanAttentionTest)
#include "vulkan_attention_test.moc"
