// Random use of a store, compared after each step with what a list in memory says.

#include "tests/inference/memory/store/stored_pages.h"

#include <QTemporaryDir>
#include <QTest>
#include <map>
#include <set>

using namespace inglenook;

namespace {

constexpr int kSteps = 1100;

/// A store and what it must hold; nothing is given up, because the quota is large.
class Comparison {
public:
    explicit Comparison(uint32_t seed)
        : m_random(seed)
        , m_options{.folder = std::filesystem::path(m_folder.path().toStdString()) / "pages",
                    .quotaBytes = uint64_t{1} << 40,
                    .segmentBytes = 120'000}
    {
        reopen();
    }

    void step()
    {
        switch (m_random() % 16) {
        case 0:
            reopen();
            break;
        case 1:
            m_store->compact();
            break;
        case 2:
            m_store->flush();
            break;
        case 3:
            m_reader.reset(); // another program starts
            m_reader = std::make_unique<PageStore>(m_options);
            QVERIFY(m_reader->mode() == PageStore::Mode::Read);
            m_seenByReader = m_pages;
            break;
        case 4:
            forget(conversation());
            break;
        case 5:
        case 6:
            keep(conversation());
            break;
        case 7:
            if (m_random() % 10 == 0)
                prune();
            break;
        default:
            appendSome();
        }
        check();
    }

    [[nodiscard]] size_t pages() const { return m_pages.size(); }

private:
    using Names = std::set<PageName>;

    void reopen()
    {
        m_store.reset();
        m_store = std::make_unique<PageStore>(m_options);
        QVERIFY(m_store->mode() == PageStore::Mode::Write);
    }

    std::string conversation() { return "c" + std::to_string(m_random() % 8); }

    const TestPage* anyPage()
    {
        if (m_pages.empty())
            return nullptr;
        return &std::next(m_pages.begin(), static_cast<ptrdiff_t>(m_random() % m_pages.size()))
                    ->second;
    }

    void appendSome()
    {
        const TestPage* behind = m_random() % 4 == 0 ? nullptr : anyPage();
        PageName parent = behind ? behind->name : rootName("test");
        for (uint32_t i = 0; i <= m_random() % 3; ++i) {
            const auto token = static_cast<int32_t>(m_random() % 12);
            const TestPage page = testPage(
                parent, token,
                10 + pageName(parent, std::vector<int32_t>(kPageTokens, token)).high % 9000);
            QVERIFY(append(*m_store, page));
            m_pages.emplace(page.name, page);
            parent = page.name;
        }
    }

    void keep(const std::string& name)
    {
        Names kept;
        std::vector<PageName> leaves;
        for (uint32_t i = 0; i < m_random() % 4; ++i) {
            const TestPage* page = anyPage();
            if (!page)
                break;
            leaves.push_back(page->name);
            for (auto at = m_pages.find(page->name); at != m_pages.end();
                 at = m_pages.find(at->second.parent))
                kept.insert(at->first);
        }
        m_store->keep(name, leaves);
        if (!kept.empty())
            m_kept[name].insert(kept.begin(), kept.end());
    }

    [[nodiscard]] bool isKept(PageName page) const
    {
        return std::ranges::any_of(m_kept,
                                   [&](const auto& entry) { return entry.second.contains(page); });
    }

    void forget(const std::string& name)
    {
        QVERIFY(m_store->forget(name));
        Names going = m_kept[name];
        m_kept.erase(name);
        std::erase_if(going, [&](PageName page) { return isKept(page); });
        for (bool more = true; more;) {
            more = false;
            for (const auto& [page, content] : m_pages)
                if (going.contains(content.parent) && !isKept(page))
                    more = going.insert(page).second || more;
        }
        std::erase_if(m_pages, [&](const auto& entry) { return going.contains(entry.first); });
    }

    /// The store chooses what goes; the list follows, after a look at whether the choice was sound.
    void prune()
    {
        m_store->prune(m_store->stats().diskBytes * 2 / 3);
        std::erase_if(m_pages,
                      [&](const auto& entry) { return !m_store->contains(entry.second.id()); });
        for (const auto& [name, page] : m_pages)
            QVERIFY(page.parent == rootName("test") || m_pages.contains(page.parent));
        std::erase_if(m_kept, [&](const auto& entry) {
            return std::ranges::none_of(entry.second,
                                        [&](PageName page) { return m_pages.contains(page); });
        });
    }

    void check()
    {
        size_t keptPages = 0;
        for (const auto& [name, page] : m_pages)
            keptPages += isKept(name) ? 1 : 0;
        const PageStore::Stats stats = m_store->stats();
        QCOMPARE(stats.pages, m_pages.size());
        QCOMPARE(stats.keptPages, keptPages);
        QCOMPARE(stats.conversations, m_kept.size());
        QCOMPARE(stats.damaged, uint64_t{0});
        if (const TestPage* page = anyPage())
            QVERIFY(reading(*m_store, *page) == Reading::Right);
        if (m_random() % 50 == 0)
            for (const auto& [name, page] : m_pages)
                QVERIFY(reading(*m_store, page) == Reading::Right);
        checkReader();
    }

    /// What the reader saw may be gone by now, but is never wrong.
    void checkReader()
    {
        if (!m_reader || m_seenByReader.empty())
            return;
        const auto seen = std::next(m_seenByReader.begin(),
                                    static_cast<ptrdiff_t>(m_random() % m_seenByReader.size()));
        QVERIFY(reading(*m_reader, seen->second) != Reading::Wrong);
        QVERIFY(!append(*m_reader, testPages(999, 1, 10).front()));
        if (m_random() % 8 == 0) {
            m_reader->refresh();
            m_seenByReader = m_pages;
            for (const auto& [name, page] : m_pages)
                QVERIFY(reading(*m_reader, page) == Reading::Right);
        }
    }

    std::mt19937 m_random;
    QTemporaryDir m_folder;
    PageStore::Options m_options;
    std::unique_ptr<PageStore> m_store;
    std::unique_ptr<PageStore> m_reader;
    std::map<PageName, TestPage> m_pages;
    std::map<std::string, Names> m_kept;
    std::map<PageName, TestPage> m_seenByReader;
};

} // namespace

class PageStoreRandomTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void storeHoldsWhatTheListSays_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 2; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void storeHoldsWhatTheListSays()
    {
        QFETCH(uint, seed);
        Comparison comparison(seed);
        size_t most = 0;
        for (int step = 0; step < kSteps; ++step) {
            comparison.step();
            if (QTest::currentTestFailed()) {
                qInfo("in step %d", step);
                return;
            }
            most = std::max(most, comparison.pages());
        }
        QVERIFY(most > 50);
    }
};

QTEST_GUILESS_MAIN(PageStoreRandomTest)
#include "page_store_random_test.moc"
