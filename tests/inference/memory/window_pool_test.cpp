#include "inference/memory/page_pool.h"

#include <QTest>
#include <algorithm>
#include <array>
#include <map>
#include <random>

using namespace inglenook;

namespace {

constexpr int kWidestStep = 70; // rows

/// What a layer keeps of a token: a number that stands for all tokens up to it.
using Kept = uint64_t;
using KeptPage = std::array<Kept, kPageTokens>;
using Tokens = std::vector<int32_t>;

std::vector<Kept> keptOf(const Tokens& tokens)
{
    std::vector<Kept> kept;
    Kept state = 1;
    for (const int32_t token : tokens)
        kept.push_back(state = (state ^ static_cast<Kept>(token + 7)) * 0x100000001b3);
    return kept;
}

/// A model of two layers, one of which keeps a window, its pool and what lies on disk. Sequences
/// are computed a few rows at a time; each row looks at all that a layer would.
class Device {
public:
    Device(int pages, const WindowPages::Size& window)
        : pool(pages, rootName("model"), window)
        , m_full(static_cast<size_t>(pages))
        , m_window(static_cast<size_t>(window.pages))
    {
    }

    struct Sequence {
        Tokens tokens;
        std::vector<int> pages;
        int windowFrom = 0;
        int computed = 0;
    };

    /// Finds what is cached.
    Sequence begin(const Tokens& tokens)
    {
        PagePool::Prefix prefix = pool.findPrefix(tokens);
        Sequence s{.tokens = tokens,
                   .pages = std::move(prefix.pages),
                   .windowFrom = prefix.windowFrom,
                   .computed = prefix.tokens};
        if (prefix.copyFrom >= 0) {
            if (const auto page = take()) {
                copy(pool.placeOf(prefix.copyFrom), pool.placeOf(*page));
                s.pages.push_back(*page);
                s.computed += prefix.copyTokens;
            }
            pool.endCopy(prefix.copyFrom);
        }
        reused += s.computed;
        return s;
    }

    /// Computes the next rows, and guesses behind them that turn out to be wrong. Returns whether
    /// there were pages, and "" or what is wrong.
    std::pair<bool, std::string> step(Sequence& s, int rows, int guesses)
    {
        const int end = std::min(s.computed + rows, static_cast<int>(s.tokens.size()));
        while (static_cast<int>(s.pages.size()) * kPageTokens < end) {
            const auto page = take();
            if (!page)
                return {false, {}};
            s.pages.push_back(*page);
        }
        const std::vector<int> windowPages = pool.windowPagesOf(s.pages);
        const std::vector<Kept> kept = keptOf(s.tokens);
        for (int position = s.computed; position < end; ++position) {
            const std::string wrong = look(s, windowPages, kept, position);
            if (!wrong.empty())
                return {true, wrong};
            write(s, windowPages, position, kept[static_cast<size_t>(position)]);
        }
        const int room = static_cast<int>(s.pages.size()) * kPageTokens;
        for (int position = end; position < std::min(end + guesses, room); ++position)
            write(s, windowPages, position, 13);
        for (int page = s.computed / kPageTokens; page < end / kPageTokens; ++page)
            pool.complete(s.pages, s.tokens, page);
        s.computed = end;
        s.windowFrom = pool.passWindow(s.pages, s.windowFrom, end);
        return {true, {}};
    }

    void end(Sequence& s)
    {
        pool.release(s.pages, std::span(s.tokens).first(static_cast<size_t>(s.computed)),
                     s.windowFrom);
        s = {};
    }

    void saveNext()
    {
        if (const auto page = pool.nextNamed())
            save(*page);
    }

    /// As PageKeeper does it, up to a number of pages.
    void restore(const Tokens& tokens, int most)
    {
        PagePool::Prefix held = pool.findToRestore(tokens);
        for (int i = 0; i < most; ++i) {
            const auto upTo = static_cast<size_t>(held.tokens + kPageTokens);
            if (upTo > tokens.size())
                break;
            const auto wanted = std::span(tokens).first(upTo);
            const auto saved = m_disk.find(nameOf(wanted));
            if (saved == m_disk.end())
                break;
            const auto place = pool.takeToRestore(held, wanted);
            if (!place)
                break;
            if (place->page >= 0)
                m_full[static_cast<size_t>(place->page)] = saved->second;
            if (place->windowPage >= 0)
                m_window[static_cast<size_t>(place->windowPage)] = saved->second;
            refilled += place->page < 0 && place->windowPage >= 0 ? 1 : 0;
            held.tokens += kPageTokens;
            pool.complete(held.pages, wanted, static_cast<int>(held.pages.size()) - 1);
            held.windowFrom = pool.passWindow(held.pages, held.windowFrom, held.tokens);
            ++restored;
        }
        pool.release(held.pages, std::span(tokens).first(static_cast<size_t>(held.tokens)),
                     held.windowFrom);
    }

    PagePool pool;
    int reused = 0; // tokens
    int restored = 0; // pages
    int refilled = 0; // of them, those that lacked their window page only
    std::string wrongSave;

private:
    std::optional<int> take()
    {
        if (const auto page = pool.nextLost())
            save(*page);
        return pool.take();
    }

    [[nodiscard]] PageName nameOf(std::span<const int32_t> tokens) const
    {
        PageName name = pool.root();
        for (; !tokens.empty(); tokens = tokens.subspan(kPageTokens))
            name = pageName(name, tokens.first(kPageTokens));
        return name;
    }

    void save(const PagePool::HeldPage& page)
    {
        const KeptPage& full = m_full[static_cast<size_t>(page.place.page)];
        if (page.place.windowPage < 0 ||
            m_window[static_cast<size_t>(page.place.windowPage)] != full)
            wrongSave = "the layers of a saved page differ";
        m_disk[page.name] = full;
    }

    void copy(PagePlace from, PagePlace to)
    {
        m_full[static_cast<size_t>(to.page)] = m_full[static_cast<size_t>(from.page)];
        m_window[static_cast<size_t>(to.windowPage)] =
            m_window[static_cast<size_t>(from.windowPage)];
    }

    void write(const Sequence& s, const std::vector<int>& windowPages, int position, Kept kept)
    {
        const auto page = static_cast<size_t>(position / kPageTokens);
        const auto in = static_cast<size_t>(position % kPageTokens);
        m_full[static_cast<size_t>(s.pages[page])][in] = kept;
        m_window[static_cast<size_t>(windowPages[page])][in] = kept;
    }

    /// What a row sees is what was computed of its own tokens.
    [[nodiscard]] std::string look(const Sequence& s, const std::vector<int>& windowPages,
                                   const std::vector<Kept>& kept, int position) const
    {
        const int first = std::max(0, position - pool.window().tokens + 1);
        for (int p = 0; p < position; ++p) {
            const auto page = static_cast<size_t>(p / kPageTokens);
            const auto in = static_cast<size_t>(p % kPageTokens);
            const Kept wanted = kept[static_cast<size_t>(p)];
            if (m_full[static_cast<size_t>(s.pages[page])][in] != wanted)
                return "token " + std::to_string(p) + " of a page is wrong";
            if (p >= first && windowPages[page] < 0)
                return "token " + std::to_string(p) + " has no window page";
            if (p >= first && m_window[static_cast<size_t>(windowPages[page])][in] != wanted)
                return "token " + std::to_string(p) + " of a window page is wrong";
        }
        return {};
    }

    std::vector<KeptPage> m_full;
    std::vector<KeptPage> m_window;
    std::map<PageName, KeptPage> m_disk;
};

Tokens randomTokens(std::mt19937& random, int count)
{
    Tokens tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back(static_cast<int32_t>(random() % 50));
    return tokens;
}

} // namespace

/// The pool of a model whose sliding layers keep a window only.
class WindowPoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void longSequenceNeedsAWindowOnly();
    void prefixEndsWhereItsWindowIs();
    void windowsThatWerePassedGoFirst();
    void recomputedPageTakesTheNameOver();
    void missingWindowIsRefilled();
    void randomTreesSeeWhatTheyComputed_data();
    void randomTreesSeeWhatTheyComputed();
};

namespace {

/// Computes a list of tokens from where it is cached; returns how many were.
int compute(Device& device, const Tokens& tokens, const Tokens& more = {})
{
    Tokens all = tokens;
    all.insert(all.end(), more.begin(), more.end());
    Device::Sequence s = device.begin(all);
    const int cached = s.computed;
    while (s.computed < static_cast<int>(all.size())) {
        const auto [room, wrong] = device.step(s, kPageTokens, 0);
        if (!room || !wrong.empty())
            return -1;
    }
    device.end(s);
    return cached;
}

constexpr WindowPages::Size kFew{.pages = 5, .tokens = 100, .perSequence = 4};

} // namespace

void WindowPoolTest::longSequenceNeedsAWindowOnly()
{
    std::mt19937 random(1);
    Device device(20, kFew);

    QCOMPARE(compute(device, randomTokens(random, 20 * kPageTokens)), 0);
}

void WindowPoolTest::prefixEndsWhereItsWindowIs()
{
    std::mt19937 random(2);
    Device device(40, kFew);
    const Tokens tokens = randomTokens(random, 16 * kPageTokens);
    QCOMPARE(compute(device, tokens), 0);

    // behind its end it goes on, in its middle the window is gone
    QCOMPARE(compute(device, tokens, {1, 2, 3}), 16 * kPageTokens);
    QCOMPARE(compute(device, Tokens(tokens.begin(), tokens.begin() + 8 * kPageTokens), {1}), 0);
}

void WindowPoolTest::windowsThatWerePassedGoFirst()
{
    std::mt19937 random(3);
    Device device(60, {.pages = 8, .tokens = 100, .perSequence = 4});
    const Tokens old = randomTokens(random, 3 * kPageTokens);
    QCOMPARE(compute(device, old), 0);

    QCOMPARE(compute(device, randomTokens(random, 30 * kPageTokens)), 0);

    QCOMPARE(compute(device, old, {1}), 3 * kPageTokens);
}

void WindowPoolTest::recomputedPageTakesTheNameOver()
{
    std::mt19937 random(4);
    Device device(40, kFew);
    const Tokens tokens = randomTokens(random, 12 * kPageTokens);
    const Tokens half(tokens.begin(), tokens.begin() + 6 * kPageTokens);
    QCOMPARE(compute(device, tokens), 0);
    QCOMPARE(compute(device, half, {1}), 0);

    QCOMPARE(compute(device, half, {2}), 6 * kPageTokens);
    QCOMPARE(device.pool.available(), 40);
}

void WindowPoolTest::missingWindowIsRefilled()
{
    std::mt19937 random(5);
    Device device(40, kFew);
    const Tokens tokens = randomTokens(random, 12 * kPageTokens);
    QCOMPARE(compute(device, tokens), 0);
    while (device.pool.hasNewlyNamed())
        device.saveNext();
    for (int i = 0; i < 2; ++i) // the windows of three ends are more than there is room for
        QCOMPARE(compute(device, randomTokens(random, 12 * kPageTokens)), 0);

    device.restore(tokens, 100);

    QCOMPARE(device.restored, 2); // a window of 100 tokens is in two pages
    QCOMPARE(device.refilled, 2);
    QCOMPARE(compute(device, tokens, {1}), 12 * kPageTokens);
}

void WindowPoolTest::randomTreesSeeWhatTheyComputed_data()
{
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("spare"); // window pages beyond what one sequence needs
    QTest::newRow("one token") << 1 << 0;
    QTest::newRow("few tokens") << 20 << 1;
    QTest::newRow("a page") << kPageTokens << 0;
    QTest::newRow("a page and one") << kPageTokens + 1 << 3;
    QTest::newRow("a token of a third page") << kPageTokens + 2 << 0;
    QTest::newRow("several pages") << 150 << 2;
    QTest::newRow("several pages, plenty") << 150 << 12;
}

void WindowPoolTest::randomTreesSeeWhatTheyComputed()
{
    QFETCH(const int, window);
    QFETCH(const int, spare);
    constexpr int kPages = 24;
    const int each = (window + kWidestStep - 3) / kPageTokens + 2;
    Device device(kPages, {.pages = each + spare, .tokens = window, .perSequence = each});
    std::mt19937 random(static_cast<unsigned>(window));
    const auto below = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    std::vector<Tokens> texts{randomTokens(random, 300)};
    std::vector<Device::Sequence> running;
    for (int round = 0; round < 1500; ++round) {
        const int dice = below(10);
        if (dice == 0) {
            // another branch of some text, anywhere in it or behind it
            const Tokens& from = texts[static_cast<size_t>(below(static_cast<int>(texts.size())))];
            Tokens text(from.begin(),
                        from.end() - below(3) * below(static_cast<int>(from.size()) / 2));
            const Tokens more = randomTokens(random, 1 + below(200));
            text.insert(text.end(), more.begin(), more.end());
            text.resize(std::min(text.size(), size_t{12 * kPageTokens}));
            texts.push_back(text);
            if (texts.size() > 8)
                texts.erase(texts.begin() + below(8));
        } else if (dice == 1 && running.size() < 3) {
            running.push_back(
                device.begin(texts[static_cast<size_t>(below(static_cast<int>(texts.size())))]));
        } else if (dice == 2) {
            device.saveNext();
        } else if (dice == 3) {
            device.restore(texts[static_cast<size_t>(below(static_cast<int>(texts.size())))],
                           below(10));
        } else if (!running.empty()) {
            const auto at = running.begin() + below(static_cast<int>(running.size()));
            const auto [room, wrong] = device.step(*at, 1 + below(kWidestStep - 16), below(16));
            QVERIFY2(wrong.empty(), wrong.c_str());
            const bool ended = at->computed == static_cast<int>(at->tokens.size());
            if (!room || ended || below(40) == 0) {
                device.end(*at);
                running.erase(at);
            }
        }
        QVERIFY2(device.wrongSave.empty(), device.wrongSave.c_str());
    }
    for (Device::Sequence& s : running)
        device.end(s);
    QCOMPARE(device.pool.available(), kPages);
    QVERIFY(device.pool.hasRoomFor(kPages));
    QVERIFY(device.reused > 1000);
    QVERIFY(device.restored > 0);
    if (window > 1 && spare < 12) // else none is ever missing
        QVERIFY(device.refilled > 0);
}

QTEST_APPLESS_MAIN(WindowPoolTest)
#include "window_pool_test.moc"
