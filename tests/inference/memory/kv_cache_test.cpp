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

private:
    [[nodiscard]] Table table(const KvCache& cache)
    {
        const Tensor& onDevice = cache.layers().front().pageTable;
        Table values(static_cast<size_t>(onDevice.rows) * static_cast<size_t>(onDevice.cols));
        m_backend->read(std::as_writable_bytes(std::span(values)), onDevice);
        return values;
    }

    std::unique_ptr<Backend> m_backend;
};

void KvCacheTest::everyLayerHasRoomForAllPages()
{
    const KvCache cache(*m_backend, unevenSpec(), 5, 2, 3);
    QCOMPARE(cache.layers().size(), size_t{2});
    QCOMPARE(cache.layers()[0].buffer->bytes(), 5 * kvPageBytes(1, 16));
    QCOMPARE(cache.layers()[1].buffer->bytes(), 5 * kvPageBytes(2, 32));
    QCOMPARE(cache.layers()[1].pageCount, 5);
    QCOMPARE(cache.contextTokens(), 3 * kPageTokens);
}

void KvCacheTest::layersShareOneTable()
{
    const KvCache cache(*m_backend, unevenSpec(), 5, 2, 3);
    QCOMPARE(cache.layers()[0].pageTable.buffer, cache.layers()[1].pageTable.buffer);
}

void KvCacheTest::pagesOfASlotAreWrittenInOrder()
{
    KvCache cache(*m_backend, unevenSpec(), 5, 2, 3);
    cache.setPages(*m_backend, 1, std::vector<int>{4, 2, 3});
    QCOMPARE(table(cache), Table({0, 0, 0, 4, 2, 3}));
}

void KvCacheTest::slotsAreApart()
{
    KvCache cache(*m_backend, unevenSpec(), 5, 2, 3);
    cache.setPages(*m_backend, 0, std::vector<int>{1});
    cache.setPages(*m_backend, 1, std::vector<int>{4, 1});
    cache.setPages(*m_backend, 0, std::vector<int>{2, 3});
    QCOMPARE(table(cache), Table({2, 3, 0, 4, 1, 0}));
}

void KvCacheTest::shorterSequenceKeepsWhatItHas()
{
    KvCache cache(*m_backend, unevenSpec(), 5, 1, 3);
    cache.setPages(*m_backend, 0, std::vector<int>{1, 2, 3});
    cache.setPages(*m_backend, 0, std::vector<int>{1, 4});
    QCOMPARE(table(cache)[0], 1);
    QCOMPARE(table(cache)[1], 4);
}

void KvCacheTest::bytesPerPageAreThoseOfAllLayers()
{
    QCOMPARE(KvCache::bytesPerPage(unevenSpec()), kvPageBytes(1, 16) + kvPageBytes(2, 32));
}

QTEST_APPLESS_MAIN(KvCacheTest)
#include "kv_cache_test.moc"
