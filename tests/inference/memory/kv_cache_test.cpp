#include "inference/memory/kv_cache.h"

#include "kernels/devices.h"

#include <QTest>

using namespace inglenook;

namespace {

/// Two layers with unlike heads.
ModelSpec unevenSpec()
{
    ModelSpec spec;
    LayerSpec small;
    small.attention = {.heads = 4, .kvHeads = 1, .headSize = 16};
    LayerSpec large;
    large.attention = {.heads = 4, .kvHeads = 2, .headSize = 32};
    spec.layers = {small, large};
    return spec;
}

CacheSize sizeOf(int pages, int sequences, int pagesPerSlot)
{
    return {.pages = pages, .sequences = sequences, .pagesPerSlot = pagesPerSlot};
}

using Table = std::vector<int32_t>;

} // namespace

class KvCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_backend = createBackend({.kind = DeviceKind::Reference}); }
    void everyLayerHasRoomForAllPages();
    void layersShareOneTable();
    void pagesOfASlotAreWrittenInOrder();
    void slotsAreApart();
    void shorterSequenceKeepsWhatItHas();
    void bytesPerPageAreThoseOfAllLayers();
    void slidingLayersHaveFewerPagesAndTheirTable();

private:
    [[nodiscard]] Table table(const KvCache& cache, size_t layer = 0)
    {
        const Tensor& onDevice = cache.layers()[layer].pageTable;
        Table values(static_cast<size_t>(onDevice.rows) * static_cast<size_t>(onDevice.cols));
        m_backend->read(std::as_writable_bytes(std::span(values)), onDevice);
        return values;
    }

    std::unique_ptr<Backend> m_backend;
};

void KvCacheTest::everyLayerHasRoomForAllPages()
{
    const KvCache cache(*m_backend, unevenSpec(), sizeOf(5, 2, 3));
    QCOMPARE(cache.layers().size(), size_t{2});
    QCOMPARE(cache.layers()[0].buffer->bytes(), 5 * kvPageBytes(1, 16));
    QCOMPARE(cache.layers()[1].buffer->bytes(), 5 * kvPageBytes(2, 32));
    QCOMPARE(cache.layers()[1].pageCount, 5);
    QCOMPARE(cache.contextTokens(), 3 * kPageTokens);
}

void KvCacheTest::layersShareOneTable()
{
    const KvCache cache(*m_backend, unevenSpec(), sizeOf(5, 2, 3));
    QCOMPARE(cache.layers()[0].pageTable.buffer, cache.layers()[1].pageTable.buffer);
}

void KvCacheTest::pagesOfASlotAreWrittenInOrder()
{
    KvCache cache(*m_backend, unevenSpec(), sizeOf(5, 2, 3));
    cache.setPages(*m_backend, 1, std::vector<int>{4, 2, 3});
    QCOMPARE(table(cache), Table({0, 0, 0, 4, 2, 3}));
}

void KvCacheTest::slotsAreApart()
{
    KvCache cache(*m_backend, unevenSpec(), sizeOf(5, 2, 3));
    cache.setPages(*m_backend, 0, std::vector<int>{1});
    cache.setPages(*m_backend, 1, std::vector<int>{4, 1});
    cache.setPages(*m_backend, 0, std::vector<int>{2, 3});
    QCOMPARE(table(cache), Table({2, 3, 0, 4, 1, 0}));
}

void KvCacheTest::shorterSequenceKeepsWhatItHas()
{
    KvCache cache(*m_backend, unevenSpec(), sizeOf(5, 1, 3));
    cache.setPages(*m_backend, 0, std::vector<int>{1, 2, 3});
    cache.setPages(*m_backend, 0, std::vector<int>{1, 4});
    QCOMPARE(table(cache)[0], 1);
    QCOMPARE(table(cache)[1], 4);
}

void KvCacheTest::bytesPerPageAreThoseOfAllLayers()
{
    QCOMPARE(KvCache::bytesPerPage(unevenSpec()), kvPageBytes(1, 16) + kvPageBytes(2, 32));
}

void KvCacheTest::slidingLayersHaveFewerPagesAndTheirTable()
{
    ModelSpec spec = unevenSpec();
    spec.layers[1].attention.window = 100;
    CacheSize size = sizeOf(5, 2, 3);
    size.windowPages = 2;
    KvCache cache(*m_backend, spec, size);
    QCOMPARE(KvCache::bytesPerWindowPage(spec), kvPageBytes(2, 32));
    QCOMPARE(cache.layers()[0].buffer->bytes(), 5 * kvPageBytes(1, 16));
    QCOMPARE(cache.layers()[1].buffer->bytes(), 2 * kvPageBytes(2, 32));
    QCOMPARE(cache.layers()[1].pageCount, 2);
    QVERIFY(!cache.keepsWindow(0) && cache.keepsWindow(1));

    cache.setPages(*m_backend, 1, std::vector<int>{4, 2, 3}, std::vector<int>{-1, 1, 0});

    QCOMPARE(table(cache, 0), (Table{0, 0, 0, 4, 2, 3}));
    QCOMPARE(table(cache, 1), (Table{0, 0, 0, 0, 1, 0}));
}

QTEST_APPLESS_MAIN(KvCacheTest)
#include "kv_cache_test.moc"
