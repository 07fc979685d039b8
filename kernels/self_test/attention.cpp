#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_cache.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace inglenook::self_test {

namespace {

struct AttentionTest {
    std::string text;
    AttentionShape shape;
    std::vector<int> lengths; // stored tokens of each sequence
    std::vector<Place> queries;
    Placement placement = Placement::Packed;
    bool quick = false;
    KvType type = KvType::F16;
    bool sinks = false;
};

/// A sink for each head: some far above all scores, some far below.
Matrix sinksOf(const AttentionTest& test)
{
    Matrix sinks = randomMatrix(93, 1, test.shape.heads, 2.f);
    if (test.shape.heads > 2) {
        sinks.row(0)[1] = 12.f;
        sinks.row(0)[2] = -200.f;
    }
    return sinks;
}

constexpr uint32_t kStoredSeed = 91;

/// Queries, keys and values of all stored tokens, in the order of allPlaces().
Matrix storedRows(const AttentionTest& test)
{
    const int tokens = static_cast<int>(allPlaces(test.lengths).size());
    return randomMatrix(kStoredSeed, tokens, test.shape.qkvCols());
}

/// Random queries; for quantised keys whole multiples of 1/64 of which each block has the greatest,
/// 127: rounding them to 8 bits, as a backend may, changes nothing then. What stands in place of
/// their keys and values is not to be read.
Matrix queryRows(const AttentionTest& test)
{
    const int rows = static_cast<int>(test.queries.size());
    Matrix qkv = randomMatrix(92, rows, test.shape.qkvCols());
    for (int r = 0; r < rows && test.type != KvType::F16; ++r) {
        const std::span<float> queries =
            qkv.row(r).first(static_cast<size_t>(test.shape.queryCols()));
        for (size_t c = 0; c < queries.size(); ++c) {
            const size_t inHead = c % static_cast<size_t>(test.shape.headSize);
            const float whole = std::nearbyint(std::clamp(queries[c] * 48.f, -127.f, 127.f));
            queries[c] = (inHead % kKvBlock == 5 ? 127.f : whole) / 64.f;
        }
    }
    for (int r = 0; r < rows; ++r)
        std::ranges::fill(qkv.row(r).last(static_cast<size_t>(2 * test.shape.kvCols())),
                          std::numeric_limits<float>::quiet_NaN());
    return qkv;
}

/// Stores all tokens, at most `slice` in one step, rotated or not.
void fill(Workspace& on, TestCache& cache, const AttentionTest& test, int slice, int dims)
{
    const std::vector<Place> places = allPlaces(test.lengths);
    const Matrix stored = storedRows(test);
    const int count = static_cast<int>(places.size());
    for (int first = 0; first < count; first += slice) {
        const std::vector<int> rows = consecutive(first, std::min(slice, count - first));
        const std::span step = std::span(places).subspan(static_cast<size_t>(first), rows.size());
        Rope rope{.pairs = RopePairs::Halves, .dims = dims, .rotation = {}};
        if (dims > 0)
            rope.rotation = on.input(rotations(step, dims));
        on.backend().rotateAndStore(on.changing(stored.chosen(rows)), cache.pages(), {}, rope,
                                    test.shape, cache.inputs(step));
    }
}

struct Filling {
    int slice = 128;
    int dims = 0; // without a rotation all backends store the same bits
    int moreContext = 0; // how far the bound lies above the longest sequence
};

Preparation preparation(const AttentionTest& test, Filling filling = {})
{
    return [=](Workspace& on) -> RowWork {
        const auto cache = std::make_shared<TestCache>(on, test.shape, test.lengths, test.type);
        on.keep();
        fill(on, *cache, test, filling.slice, filling.dims);
        on.checkGuards();
        on.release();
        const Weight sinks = test.sinks ? on.vector(sinksOf(test).row(0)) : Weight();
        return [=, &on, qkv = queryRows(test)](std::span<const int> rows) {
            std::vector<Place> places;
            for (const int r : rows)
                places.push_back(test.queries[static_cast<size_t>(r)]);
            StepInputs in = cache->inputs(places);
            in.contextBound += filling.moreContext;
            const Tensor y = on.output(static_cast<int>(rows.size()), test.shape.queryCols());
            on.backend().attention(y, on.input(qkv.chosen(rows)), cache->pages(), test.shape, in,
                                   sinks);
            cache->checkSparePages();
            return on.read(y);
        };
    };
}

double length(std::span<const float> x)
{
    double squares = 0;
    for (const double v : x)
        squares += v * v;
    return std::sqrt(squares);
}

/// A score is a sum of headSize products of at most |q| |k| in all; an error of it scales a share
/// of the softmax and, through the total, the others. Then come exp(), the sum over the tokens and
/// cap. A block that is rounded to q8_0 or q4 grows by at most half a step of each of its 32
/// elements; of a turned value only the length is kept, which its elements cannot exceed, and
/// turning it back takes a sum per power of two. Decoded values may be rounded to f16.
Tolerance tolerance(const AttentionTest& test)
{
    const AttentionShape& s = test.shape;
    const Matrix stored = storedRows(test);
    const auto headSize = static_cast<size_t>(s.headSize);
    double key = 0; // greatest length
    double value = 0; // greatest element
    for (int r = 0; r < stored.rows; ++r) {
        for (int h = 0; h < s.kvHeads; ++h) {
            const auto first = static_cast<size_t>(s.queryCols() + h * s.headSize);
            key = std::max(key, length(stored.row(r).subspan(first, headSize)));
        }
        for (int h = 0; h < s.kvHeads; ++h) {
            const auto first = static_cast<size_t>(s.queryCols() + s.kvCols() + h * s.headSize);
            const std::span head = stored.row(r).subspan(first, headSize);
            for (const float v : head)
                value = std::max(value, std::fabs(static_cast<double>(v)));
            if (test.type == KvType::Q4)
                value = std::max(value, length(head));
        }
    }
    const double growth = test.type == KvType::Q4 ? 1 + std::sqrt(32.) / 8
        : test.type == KvType::Q8_0               ? 1 + std::sqrt(32.) / 254
                                                  : 1.;
    key *= growth;
    value *= growth;
    const double decoding = test.type == KvType::F16 ? 0. : 0x1p-11 + 16 * kRounding;

    return [=, &test, qkv = queryRows(test)](int row, int col, double) {
        const auto first = static_cast<size_t>(col / test.shape.headSize) * headSize;
        const double score = std::fabs(test.shape.scale) * key *
            length(qkv.row(row).subspan(first, headSize)) * 1.001;
        const double sink = test.sinks ? 200. : 0.;
        const double scoreError =
            (test.shape.headSize + 8) * score + 16. * test.shape.softcap + 4 * sink;
        const int tokens = test.queries[static_cast<size_t>(row)].position + 1;
        return kRounding * value * (2 * scoreError + tokens + 32) + value * decoding;
    };
}

void agree(Trial& trial, const AttentionTest& test)
{
    trial.agree(preparation(test), static_cast<int>(test.queries.size()), test.placement,
                tolerance(test));
}

/// Keys stored in one step, in slices and one by one, and a looser bound of the context: the same
/// bits.
void ignoreSlices(Trial& trial, const AttentionTest& test)
{
    const std::vector<int> all = consecutive(0, static_cast<int>(test.queries.size()));
    const auto result = [&](Filling filling) {
        Workspace on(trial.device(), Placement::Packed);
        return preparation(test, filling)(on)(all);
    };
    const int dims = test.shape.headSize;
    const Matrix whole = result({.slice = 1000, .dims = dims});
    trial.same(result({.slice = 1, .dims = dims}), whole, "after one token at a time");
    trial.same(result({.slice = 7, .dims = dims}), whole, "after slices of 7 tokens");
    trial.same(result({.slice = 1000, .dims = dims, .moreContext = 500}), whole,
               "under a looser bound of the context");
}

struct Heads {
    int heads = 1;
    int kvHeads = 1;
    int size = 64;
    int window = 0;
    float softcap = 0.f;
};

AttentionShape shapeOf(const Heads& h)
{
    return {.heads = h.heads,
            .kvHeads = h.kvHeads,
            .headSize = h.size,
            .window = h.window,
            .scale = 1.f / std::sqrt(static_cast<float>(h.size)),
            .softcap = h.softcap};
}

/// `count` queries of one sequence that end with the position `last`.
std::vector<Place> endingAt(int last, int count)
{
    std::vector<Place> places;
    for (const int position : consecutive(last - count + 1, count))
        places.push_back({.slot = 0, .position = position});
    return places;
}

/// Queries all over the sequences, every fifth row empty.
std::vector<Place> scattered(const std::vector<int>& lengths, int count)
{
    std::vector<Place> places;
    for (int r = 0; r < count; ++r) {
        const int slot = r * 3 % static_cast<int>(lengths.size());
        const int length = lengths[static_cast<size_t>(slot)];
        places.push_back({.slot = slot, .position = r % 5 == 4 ? -1 : length - 1 - r % length / 2});
    }
    return places;
}

/// Of a quantised cache.
std::vector<AttentionTest> quantisedTests(KvType type)
{
    const std::vector<int> several{1, 64, 65, 190, 3};
    constexpr Placement kPacked = Placement::Packed;
    std::vector<AttentionTest> tests = {
        {"the first token", shapeOf({4, 4, 64}), {1}, endingAt(0, 1)},
        {"1 row after 130 tokens", shapeOf({14, 2, 64}), {130}, endingAt(129, 1)},
        {"17 rows across page borders", shapeOf({6, 3, 80}), {136}, endingAt(135, 17)},
        {"33 rows of a prompt", shapeOf({4, 2, 128}), {97}, endingAt(96, 33)},
        {"one key head of 256", shapeOf({4, 1, 256}), {66}, endingAt(65, 3)},
        {"a window of 100", shapeOf({2, 1, 96, 100}), {230}, endingAt(229, 17)},
        {"soft cap", shapeOf({4, 2, 64, 0, 2.f}), {75}, endingAt(74, 5)},
        {"sinks", shapeOf({6, 2, 64}), {70}, endingAt(69, 17), kPacked, false, type, true},
        {"five sequences", shapeOf({4, 2, 64}), several, scattered(several, 17)},
        {"1000 tokens", shapeOf({2, 1, 32}), {1000}, endingAt(999, 3)},
        {"a window of 500 in 1000", shapeOf({2, 1, 16, 500}), {1000}, endingAt(999, 3)},
    };
    for (AttentionTest& test : tests) {
        test.type = type;
        test.quick = test.text == "five sequences";
        test.placement = test.shape.headSize % 64 == 0 ? Placement::Packed : Placement::Spread;
    }
    return tests;
}

std::vector<AttentionTest> tests()
{
    const std::vector<int> several{1, 64, 65, 190, 3};
    constexpr Placement kPacked = Placement::Packed;
    constexpr Placement kSpread = Placement::Spread;
    return {
        {"the first token", shapeOf({4, 4, 64}), {1}, endingAt(0, 1), kPacked},
        {"2 rows after 40 tokens", shapeOf({2, 2, 80}), {40}, endingAt(39, 2), kSpread},
        {"1 row after 130 tokens", shapeOf({14, 2, 64}), {130}, endingAt(129, 1), kPacked, true},
        {"17 rows across page borders", shapeOf({6, 3, 80}), {136}, endingAt(135, 17), kSpread},
        {"33 rows of a prompt", shapeOf({4, 2, 128}), {97}, endingAt(96, 33), kPacked},
        {"a prompt from its first token", shapeOf({2, 1, 64}), {70}, endingAt(69, 70), kPacked},
        {"one key head of 256", shapeOf({4, 1, 256}), {66}, endingAt(65, 3), kPacked},
        {"32 heads on 8", shapeOf({32, 8, 128}), {80}, endingAt(79, 2), kPacked},
        {"a window of 16", shapeOf({4, 2, 64, 16}), {150}, endingAt(149, 33), kPacked, true},
        {"a window of 100", shapeOf({2, 1, 64, 100}), {230}, endingAt(229, 17), kSpread},
        {"a window of 1", shapeOf({2, 1, 64, 1}), {66}, endingAt(65, 9), kPacked},
        {"soft cap", shapeOf({4, 2, 64, 0, 2.f}), {75}, endingAt(74, 5), kPacked, true},
        {"sinks", shapeOf({4, 2, 64}), {1}, endingAt(0, 1), kPacked, false, KvType::F16, true},
        {"sinks after 1000 tokens",
         shapeOf({8, 1, 64}),
         {1000},
         endingAt(999, 3),
         kPacked,
         false,
         KvType::F16,
         true},
        {"sinks, five sequences", shapeOf({6, 2, 64}), several, scattered(several, 33), kSpread,
         true, KvType::F16, true},
        {"sinks, soft cap and window",
         shapeOf({4, 2, 80, 48, 5.f}),
         {90},
         endingAt(89, 20),
         kPacked,
         false,
         KvType::F16,
         true},
        {"soft cap and window", shapeOf({2, 1, 256, 48, 50.f}), {90}, endingAt(89, 4), kSpread},
        {"five sequences", shapeOf({4, 2, 64}), several, scattered(several, 17), kPacked, true},
        {"five sequences, 33 rows", shapeOf({3, 1, 128}), several, scattered(several, 33), kSpread},
        {"1000 tokens", shapeOf({2, 1, 32}), {1000}, endingAt(999, 3), kPacked},
        {"a window of 500 in 1000", shapeOf({2, 1, 32, 500}), {1000}, endingAt(999, 3), kPacked},
    };
}

} // namespace

void addAttentionCases(std::vector<OperatorCase>& cases)
{
    std::vector<AttentionTest> all = tests();
    for (const KvType type : {KvType::Q8_0, KvType::Q4})
        std::ranges::copy(quantisedTests(type), std::back_inserter(all));
    for (const AttentionTest& test : all)
        cases.push_back({.operation = "attention",
                         .format = std::string(name(test.type)),
                         .shape = test.text + ", " + std::to_string(test.shape.heads) + "/" +
                             std::to_string(test.shape.kvHeads) + " heads of " +
                             std::to_string(test.shape.headSize) +
                             (test.placement == Placement::Spread ? ", spread" : ""),
                         .quick = test.quick,
                         .run = [test](Trial& trial) { agree(trial, test); }});

    const auto addExact = [&](KvType type, const char* text, auto claim) {
        cases.push_back({.operation = "attention",
                         .format = std::string(name(type)),
                         .shape = text,
                         .quick = false,
                         .run = claim});
    };
    const std::vector<int> several{1, 64, 65, 190, 3};
    for (const KvType type : kKvTypes) {
        AttentionTest mixed{"", shapeOf({4, 2, 64}), several, scattered(several, 64)};
        mixed.type = type;
        AttentionTest windowed = mixed;
        windowed.shape.window = 70;
        windowed.sinks = true;
        addExact(type, "each row alone",
                 [=](Trial& trial) { trial.standAlone(preparation(mixed), 64); });
        addExact(type, "each row alone, with a window and sinks",
                 [=](Trial& trial) { trial.standAlone(preparation(windowed), 64); });
        addExact(type, "tokens stored in slices",
                 [=](Trial& trial) { ignoreSlices(trial, mixed); });
    }
}

} // namespace inglenook::self_test
