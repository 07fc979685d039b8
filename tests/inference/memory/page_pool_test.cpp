#include "inference/memory/page_pool.h"

#include <QTest>
#include <numeric>

using namespace inglenook;

namespace {

/// `count` tokens; lists of different seeds differ from the first token on.
std::vector<int32_t> tokensOf(int count, int seed = 0)
{
    std::vector<int32_t> tokens(static_cast<size_t>(count));
    std::iota(tokens.begin(), tokens.end(), seed * 1000);
    return tokens;
}

/// A sequence that computes all its tokens and names its full pages.
std::vector<int> compute(PagePool& pool, const std::vector<int32_t>& tokens)
{
    PagePool::Prefix prefix = pool.findPrefix(tokens);
    const size_t needed = (tokens.size() + kPageTokens - 1) / kPageTokens;
    while (prefix.pages.size() < needed)
        prefix.pages.push_back(pool.take().value());
    if (prefix.copyFrom >= 0)
        pool.endCopy(prefix.copyFrom);
    for (size_t i = 0; i < tokens.size() / kPageTokens; ++i)
        pool.complete(prefix.pages, tokens, static_cast<int>(i));
    return prefix.pages;
}

} // namespace

class PagePoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fullPagesAreFoundAgain();
    void startedPageIsHandedOver();
    void branchInsideAPageIsCopied_data();
    void branchInsideAPageIsCopied();
    void fewTokensAreNotCopied();
    void pagesInUseAreShared();
    void otherTokensOrOtherModelFindNothing();
    void sameTokensBehindAnotherPrefixAreAnotherPage();
    void longestUnusedGoesFirstAndChildrenBeforeParents();
    void takeFailsWhenEveryPageIsInUse();
    void duplicatesBearNoName();
    void fullPagesAloneAreFoundWithoutTakingOver();
    void namedPagesAreGivenOnceParentsFirst();
    void forgottenPagesAreNotGiven();
    void forgetAllEmptiesIdlePagesOnly();
    void randomUseKeepsTheBooks();
};

void PagePoolTest::fullPagesAreFoundAgain()
{
    PagePool pool(8, rootName("model"));
    const auto tokens = tokensOf(3 * kPageTokens);
    const std::vector<int> pages = compute(pool, tokens);
    pool.release(pages, tokens);

    auto longer = tokens;
    longer.push_back(7);
    const PagePool::Prefix prefix = pool.findPrefix(longer);

    QCOMPARE(prefix.tokens, 3 * kPageTokens);
    QVERIFY(prefix.pages == pages);
}

void PagePoolTest::startedPageIsHandedOver()
{
    PagePool pool(8, rootName("model"));
    const auto tokens = tokensOf(kPageTokens + 20);
    const std::vector<int> pages = compute(pool, tokens);
    pool.release(pages, tokens);

    auto longer = tokens;
    longer.push_back(-5);
    const PagePool::Prefix prefix = pool.findPrefix(longer);

    QCOMPARE(prefix.tokens, kPageTokens + 20);
    QVERIFY(prefix.pages == pages);
    // its new user writes on in it
    const PagePool::Prefix again = pool.findPrefix(tokens);
    QCOMPARE(again.tokens, kPageTokens);
    QCOMPARE(again.copyFrom, -1);
}

void PagePoolTest::branchInsideAPageIsCopied_data()
{
    QTest::addColumn<int>("length");
    QTest::newRow("started page") << kPageTokens + 20;
    QTest::newRow("full page") << 2 * kPageTokens;
}

void PagePoolTest::branchInsideAPageIsCopied()
{
    QFETCH(int, length);
    PagePool pool(3, rootName("model"));
    const auto tokens = tokensOf(length);
    const std::vector<int> pages = compute(pool, tokens);
    pool.release(pages, tokens);

    auto branch = tokens;
    branch[kPageTokens + 15] = -5;
    const PagePool::Prefix prefix = pool.findPrefix(branch);
    QCOMPARE(prefix.tokens, kPageTokens);
    QCOMPARE(prefix.copyFrom, pages[1]);
    QCOMPARE(prefix.copyTokens, 15);

    // meanwhile it is not given to anybody
    const auto own = pool.take();
    QVERIFY(own && *own != pages[1] && !pool.take());
    pool.endCopy(prefix.copyFrom);
    pool.release(prefix.pages, std::span(tokens).first(kPageTokens));
    pool.release(std::vector{*own}, {});

    // and what was there before is there still
    const PagePool::Prefix old = pool.findPrefix(tokens);
    QCOMPARE(old.tokens, length);
    QVERIFY(old.pages == pages);
}

void PagePoolTest::fewTokensAreNotCopied()
{
    PagePool pool(8, rootName("model"));
    const auto tokens = tokensOf(40);
    pool.release(compute(pool, tokens), tokens);

    auto other = tokensOf(50, 1);
    other[0] = tokens[0];
    other[1] = tokens[1];
    const PagePool::Prefix found = pool.findPrefix(other);

    QCOMPARE(found.tokens, 0);
    QCOMPARE(found.copyFrom, -1);
    QCOMPARE(pool.findPrefix(tokens).tokens, 40);
}

void PagePoolTest::pagesInUseAreShared()
{
    PagePool pool(2, rootName("model"));
    const auto tokens = tokensOf(2 * kPageTokens);
    const std::vector<int> first = compute(pool, tokens);
    const std::vector<int> second = compute(pool, tokens);
    QVERIFY(first == second);

    pool.release(first, tokens);

    QVERIFY(!pool.take().has_value());
    pool.release(second, tokens);
    QVERIFY(pool.take().has_value());
}

void PagePoolTest::otherTokensOrOtherModelFindNothing()
{
    PagePool pool(4, rootName("model"));
    const auto tokens = tokensOf(kPageTokens);
    pool.release(compute(pool, tokens), tokens);

    QCOMPARE(pool.findPrefix(tokensOf(kPageTokens, 1)).tokens, 0);
    QVERIFY(rootName("model") != rootName("another model"));
}

void PagePoolTest::sameTokensBehindAnotherPrefixAreAnotherPage()
{
    PagePool pool(8, rootName("model"));
    auto a = tokensOf(kPageTokens, 1);
    auto b = tokensOf(kPageTokens, 2);
    const auto tail = tokensOf(kPageTokens, 3);
    a.insert(a.end(), tail.begin(), tail.end());
    b.insert(b.end(), tail.begin(), tail.end());

    const std::vector<int> pagesA = compute(pool, a);
    const std::vector<int> pagesB = compute(pool, b);

    QVERIFY(pagesA[1] != pagesB[1]);
    pool.release(pagesA, a);
    pool.release(pagesB, b);
    QVERIFY(pool.findPrefix(b).pages == pagesB);
}

void PagePoolTest::longestUnusedGoesFirstAndChildrenBeforeParents()
{
    PagePool pool(4, rootName("model"));
    const auto old = tokensOf(2 * kPageTokens, 1);
    const auto recent = tokensOf(2 * kPageTokens, 2);
    pool.release(compute(pool, old), old);
    pool.release(compute(pool, recent), recent);

    QVERIFY(pool.take().has_value());

    const PagePool::Prefix ofOld = pool.findPrefix(old);
    QCOMPARE(ofOld.tokens, kPageTokens);
    QCOMPARE(pool.findPrefix(recent).tokens, 2 * kPageTokens);
}

void PagePoolTest::takeFailsWhenEveryPageIsInUse()
{
    PagePool pool(2, rootName("model"));
    QVERIFY(pool.take().has_value());
    const int second = pool.take().value();
    QVERIFY(!pool.take().has_value());

    pool.release(std::vector<int>{second}, {});

    QCOMPARE(pool.take().value(), second);
}

void PagePoolTest::duplicatesBearNoName()
{
    PagePool pool(4, rootName("model"));
    const auto tokens = tokensOf(kPageTokens);
    const std::vector<int> first{pool.take().value()};
    const std::vector<int> second{pool.take().value()};
    pool.complete(first, tokens, 0);
    pool.complete(second, tokens, 0);

    pool.release(first, tokens);
    pool.release(second, tokens);

    QVERIFY(pool.findPrefix(tokens).pages == first);
    QCOMPARE(pool.available(), 3);
}

void PagePoolTest::fullPagesAloneAreFoundWithoutTakingOver()
{
    PagePool pool(8, rootName("model"));
    const auto tokens = tokensOf(2 * kPageTokens + 30);
    const std::vector<int> pages = compute(pool, tokens);
    pool.release(pages, tokens);

    const PagePool::Prefix full = pool.findToRestore(tokens);
    QCOMPARE(full.tokens, 2 * kPageTokens);
    QVERIFY(std::ranges::equal(full.pages, std::span(pages).first(2)));
    pool.release(full.pages, std::span(tokens).first(2 * kPageTokens));

    QCOMPARE(pool.findPrefix(tokens).tokens, 2 * kPageTokens + 30);
}

void PagePoolTest::namedPagesAreGivenOnceParentsFirst()
{
    PagePool pool(8, rootName("model"));
    const auto tokens = tokensOf(2 * kPageTokens + 1);
    const std::vector<int> pages = compute(pool, tokens);

    const auto first = pool.nextNamed();
    const auto second = pool.nextNamed();
    QVERIFY(first && second && !pool.nextNamed());
    QCOMPARE(first->place.page, pages[0]);
    QCOMPARE(second->place.page, pages[1]);
    QVERIFY(first->parent == rootName("model"));
    QVERIFY(second->parent == first->name);
    QVERIFY(second->name ==
            pageName(first->name, std::span(tokens).subspan(kPageTokens, kPageTokens)));
    QVERIFY(std::ranges::equal(first->tokens, std::span(tokens).first(kPageTokens)));

    pool.release(pages, tokens);
    pool.release(compute(pool, tokens), tokens); // nothing is named anew
    QVERIFY(!pool.nextNamed());
}

void PagePoolTest::forgottenPagesAreNotGiven()
{
    PagePool pool(2, rootName("model"));
    const auto tokens = tokensOf(2 * kPageTokens);
    pool.release(compute(pool, tokens), tokens);
    const auto other = tokensOf(kPageTokens, 1); // takes the space of the deepest page
    pool.release(compute(pool, other), other);

    const auto first = pool.nextNamed();
    const auto second = pool.nextNamed();
    QVERIFY(first && second && !pool.nextNamed());
    QVERIFY(std::ranges::equal(first->tokens, std::span(tokens).first(kPageTokens)));
    QVERIFY(std::ranges::equal(second->tokens, other));
}

void PagePoolTest::forgetAllEmptiesIdlePagesOnly()
{
    PagePool pool(4, rootName("model"));
    const auto kept = tokensOf(kPageTokens, 1);
    const auto idle = tokensOf(kPageTokens + 3, 2);
    const std::vector<int> held = compute(pool, kept);
    pool.release(compute(pool, idle), idle);

    pool.forgetAll();

    QCOMPARE(pool.findPrefix(idle).tokens, 0);
    QCOMPARE(pool.findPrefix(kept).tokens, kPageTokens);
    QCOMPARE(pool.available(), 3);
}

void PagePoolTest::randomUseKeepsTheBooks()
{
    constexpr int kPages = 12;
    PagePool pool(kPages, rootName("model"));
    struct Live {
        std::vector<int32_t> tokens;
        std::vector<int> pages;
    };
    std::vector<Live> live;
    uint32_t state = 1;
    const auto random = [&](uint32_t below) {
        return (state = state * 1664525 + 1013904223) / 65536 % below;
    };

    for (int round = 0; round < 3000; ++round) {
        if (live.size() < 3 && random(2) == 0) {
            // lists share beginnings, so that pages are shared
            std::vector<int32_t> tokens = tokensOf(1 + static_cast<int>(random(4 * kPageTokens)));
            if (tokens.size() > 70 && random(2) == 0)
                tokens[70] = static_cast<int32_t>(random(3));
            live.push_back({.tokens = tokens, .pages = compute(pool, tokens)});
        } else if (!live.empty()) {
            const size_t i = random(static_cast<uint32_t>(live.size()));
            pool.release(live[i].pages, live[i].tokens);
            live.erase(live.begin() + static_cast<std::ptrdiff_t>(i));
        }
        // a page that grows belongs to one sequence
        std::vector<int> growing;
        for (const Live& l : live) {
            if (l.tokens.size() % kPageTokens != 0)
                growing.push_back(l.pages.back());
        }
        std::ranges::sort(growing);
        QVERIFY(std::ranges::adjacent_find(growing) == growing.end());
    }
    for (const Live& l : live)
        pool.release(l.pages, l.tokens);
    QCOMPARE(pool.available(), kPages);
}

QTEST_APPLESS_MAIN(PagePoolTest)
#include "page_pool_test.moc"
