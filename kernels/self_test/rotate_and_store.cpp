#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_cache.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace inglenook::self_test {

namespace {

struct RotateShape {
    AttentionShape shape;
    RopePairs pairs = RopePairs::Halves;
    int dims = 0;
    bool norm = false;
    int rows = 1;
    Placement placement = Placement::Packed;
    KvType type = KvType::F16;
};

constexpr float kEps = 1e-6f;
constexpr int kSequences = 3;
constexpr int kFirstPosition = 61; // the rows cross the border of a page
constexpr int kEmptyRow = 2;

Place placeOf(int row)
{
    return {.slot = row % kSequences,
            .position = row == kEmptyRow ? -1 : kFirstPosition + row / kSequences};
}

std::vector<Place> placesOf(std::span<const int> rows)
{
    std::vector<Place> places(rows.size());
    std::ranges::transform(rows, places.begin(), placeOf);
    return places;
}

/// Queries and keys are random; the values of two neighbouring tokens have opposite signs, so that
/// attention over the two shows how their keys differ.
Matrix qkvRows(const RotateShape& s)
{
    Matrix qkv = randomMatrix(81, s.rows, s.shape.qkvCols());
    for (int r = 0; r < s.rows; ++r) {
        const float sign = r / kSequences % 2 == 0 ? -1.f : 1.f;
        const std::span<float> values = qkv.row(r).last(static_cast<size_t>(s.shape.kvCols()));
        for (size_t c = 0; c < values.size(); ++c)
            values[c] = sign * (1.f + static_cast<float>(c % 128) / 128.f);
    }
    return qkv;
}

Matrix normWeight(const RotateShape& s, uint32_t seed)
{
    return randomMatrix(seed, 1, s.shape.headSize);
}

struct Loaded {
    TestCache cache;
    QkNorm norm;
};

Loaded load(Workspace& on, const RotateShape& s)
{
    const int room = kFirstPosition + s.rows / kSequences + 1;
    Loaded loaded{.cache = TestCache(on, s.shape, std::vector<int>(kSequences, room), s.type),
                  .norm = {}};
    if (s.norm)
        loaded.norm = {.q = on.vector(normWeight(s, 82).values),
                       .k = on.vector(normWeight(s, 83).values),
                       .eps = kEps};
    return loaded;
}

/// Rotates and stores the rows; returns the tensor that then holds the queries.
Tensor store(Workspace& on, const RotateShape& s, Loaded& to, std::span<const int> rows)
{
    const std::vector<Place> places = placesOf(rows);
    Rope rope{.pairs = s.pairs, .dims = s.dims, .rotation = {}};
    if (s.dims > 0)
        rope.rotation = on.input(rotations(places, s.dims));
    const Tensor qkv = on.changing(qkvRows(s).chosen(rows));
    on.backend().rotateAndStore(qkv, to.cache.pages(), to.norm, rope, s.shape,
                                to.cache.inputs(places));
    to.cache.checkSparePages();
    return qkv.columns(0, s.shape.queryCols());
}

Preparation queries(const RotateShape& s)
{
    return [s](Workspace& on) -> RowWork {
        return [s, &on, loaded = std::make_shared<Loaded>(load(on, s))](std::span<const int> rows) {
            Matrix q = on.read(store(on, s, *loaded, rows));
            for (size_t r = 0; r < rows.size(); ++r)
                if (rows[r] == kEmptyRow)
                    std::ranges::fill(q.row(static_cast<int>(r)), 0.f);
            return q;
        };
    };
}

/// Rows whose key can be compared with that of the token before.
std::vector<int> probedRows(int rows)
{
    std::vector<int> probed;
    for (const int r : {3, 4, rows / 2, rows - 1})
        if (r >= kSequences && r < rows && r - kSequences != kEmptyRow && r != kEmptyRow)
            probed.push_back(r);
    return probed;
}

/// For each probed row and each element i of a head: attention of the query that is 1 at i and 0
/// elsewhere, over the probed token and the one before. Its result is v tanh((k[i] - k'[i]) / 2).
Preparation keys(const RotateShape& s)
{
    return [s](Workspace& on) -> RowWork {
        return [s, &on, loaded = std::make_shared<Loaded>(load(on, s))](std::span<const int>) {
            (void)store(on, s, *loaded, consecutive(0, s.rows));
            AttentionShape probe = s.shape;
            probe.window = 2;
            probe.scale = 1.f;
            const std::vector<int> probed = probedRows(s.rows);
            Matrix oneHot(static_cast<int>(probed.size()) * probe.headSize, probe.qkvCols());
            std::vector<Place> places;
            for (int r = 0; r < oneHot.rows; ++r) {
                for (int h = 0; h < probe.heads; ++h)
                    oneHot.row(r)[static_cast<size_t>(h * probe.headSize + r % probe.headSize)] = 1;
                places.push_back(placeOf(probed[static_cast<size_t>(r / probe.headSize)]));
            }
            const Tensor y = on.output(oneHot.rows, probe.queryCols());
            on.backend().attention(y, on.input(oneHot), loaded->cache.pages(), probe,
                                   loaded->cache.inputs(places));
            return on.read(y);
        };
    };
}

/// The greatest absolute value that an element of a stored key can have.
double greatestKey(const RotateShape& s)
{
    const Matrix qkv = qkvRows(s);
    const double weight = normWeight(s, 83).greatest();
    double greatest = 0;
    for (int r = 0; r < s.rows; ++r) {
        for (int h = 0; h < s.shape.kvHeads; ++h) {
            const auto first = static_cast<size_t>(s.shape.queryCols() + h * s.shape.headSize);
            double squares = 0;
            double element = 0;
            for (const double v :
                 qkv.row(r).subspan(first, static_cast<size_t>(s.shape.headSize))) {
                squares += v * v;
                element = std::max(element, std::fabs(v));
            }
            const double rms = std::sqrt(squares / s.shape.headSize);
            greatest = std::max(greatest, s.norm ? element / rms * weight : element);
        }
    }
    return greatest * std::numbers::sqrt2; // both of a pair may turn into one
}

/// A rotation keeps the length of a pair, which bounds the rounding of its two products.
Tolerance queryTolerance(const RotateShape& s, const Matrix& expected)
{
    const double roundings = (s.norm ? s.shape.headSize / 2. + 8 : 0) + (s.dims > 0 ? 6 : 0);
    return [=](int row, int col, double) {
        const int head = col / s.shape.headSize * s.shape.headSize;
        const int i = col - head;
        int other = i;
        if (i < s.dims && s.pairs == RopePairs::Neighbours)
            other = i ^ 1;
        else if (i < s.dims)
            other = (i + s.dims / 2) % s.dims;
        return kRounding * roundings *
            std::hypot(expected.at(row, col), expected.at(row, head + other));
    };
}

void agree(Trial& trial, const RotateShape& s)
{
    Workspace on(trial.reference(), Placement::Packed);
    const Matrix expected = queries(s)(on)(consecutive(0, s.rows));
    trial.agree(queries(s), s.rows, s.placement, queryTolerance(s, expected));
    if (probedRows(s.rows).empty() || s.type != KvType::F16) // of which copyPages reads the keys
        return;

    // a key may lie so near the middle of two halves that it is rounded to the other one
    const double value = 2;
    const double rounding = 0x1p-10 + kRounding * s.shape.headSize;
    const double tolerance = value * (rounding * greatestKey(s) + 64 * kRounding);
    trial.agree(keys(s), s.rows, s.placement, [=](int, int, double) { return tolerance; });
}

/// Rows without a position leave the whole cache as it was.
void emptyRowsStoreNothing(Trial& trial, const RotateShape& s)
{
    Workspace on(trial.device(), s.placement);
    Loaded loaded = load(on, s);
    const Matrix before = loaded.cache.content();
    (void)store(on, s, loaded, std::vector<int>(5, kEmptyRow));
    trial.same(loaded.cache.content(), before, "in the cache after empty rows");
}

std::string text(const RotateShape& s)
{
    return std::to_string(s.rows) + (s.rows == 1 ? " row, " : " rows, ") +
        std::to_string(s.shape.heads) + "/" + std::to_string(s.shape.kvHeads) + " heads of " +
        std::to_string(s.shape.headSize) + ", " + std::to_string(s.dims) + " rotated" +
        (s.pairs == RopePairs::Halves ? " in halves" : " as neighbours") +
        (s.norm ? ", normalised" : "") + (s.placement == Placement::Spread ? ", spread" : "");
}

AttentionShape heads(int queryHeads, int kvHeads, int headSize)
{
    AttentionShape shape;
    shape.heads = queryHeads;
    shape.kvHeads = kvHeads;
    shape.headSize = headSize;
    return shape;
}

} // namespace

void addRotateAndStoreCases(std::vector<OperatorCase>& cases)
{
    constexpr RopePairs kHalves = RopePairs::Halves;
    constexpr RopePairs kNeighbours = RopePairs::Neighbours;
    const RotateShape shapes[] = {
        {heads(4, 2, 64), kHalves, 64, false, 1, Placement::Packed},
        {heads(4, 2, 64), kNeighbours, 64, false, 2, Placement::Spread},
        {heads(14, 2, 64), kHalves, 64, false, 17, Placement::Packed},
        {heads(4, 4, 128), kNeighbours, 128, false, 17, Placement::Spread},
        {heads(2, 1, 128), kHalves, 128, true, 33, Placement::Packed},
        {heads(3, 1, 80), kHalves, 32, false, 9, Placement::Packed},
        {heads(2, 2, 80), kNeighbours, 20, true, 9, Placement::Spread},
        {heads(4, 1, 256), kHalves, 256, true, 5, Placement::Packed},
        {heads(2, 2, 64), kHalves, 0, false, 17, Placement::Packed},
        {heads(2, 1, 64), kHalves, 0, true, 17, Placement::Spread},
        {heads(2, 1, 6), kNeighbours, 4, true, 33, Placement::Packed},
        {heads(4, 2, 64), kHalves, 64, true, 17, Placement::Packed, KvType::Q8_0},
        {heads(4, 2, 64), kHalves, 0, false, 17, Placement::Packed, KvType::Q4},
        {heads(3, 1, 80), kHalves, 0, false, 9, Placement::Spread, KvType::Q4},
    };
    for (const RotateShape& s : shapes)
        cases.push_back({.operation = "rotateAndStore",
                         .format = std::string(name(s.type)),
                         .shape = text(s),
                         .quick = s.rows == 17,
                         .run = [s](Trial& trial) { agree(trial, s); }});
    cases.push_back({.operation = "rotateAndStore",
                     .format = "",
                     .shape = "empty rows",
                     .quick = false,
                     .run = [](Trial& trial) {
                         emptyRowsStoreNothing(
                             trial, {heads(4, 2, 64), kHalves, 64, true, 5, Placement::Packed});
                     }});
    for (const RopePairs pairs : {kHalves, kNeighbours})
        cases.push_back({.operation = "rotateAndStore",
                         .format = "",
                         .shape = std::string("each row alone, ") +
                             (pairs == kHalves ? "in halves" : "as neighbours"),
                         .quick = false,
                         .run = [pairs](Trial& trial) {
                             const RotateShape s{heads(4, 2, 64),  pairs, 64, true, 64,
                                                 Placement::Packed};
                             trial.standAlone(queries(s), s.rows);
                         }});
}

} // namespace inglenook::self_test
