#include "kernels/checks.h"

#include "tests/support/tested_devices.h"

#include <QTest>

#include <stdexcept>

using namespace inglenook;

namespace {

/// A group of one.
class Alone final : public GroupMember {
    void allReduce(std::span<float>) override { }
};

/// Well-formed arguments of every operator, for a mistake to spoil.
struct Arguments {
    explicit Arguments(Backend& backend);

    Tensor tensor(int rows, int cols, DType type = DType::F32)
    {
        const auto elements = static_cast<size_t>(std::max(rows * cols, 1));
        m_buffers.push_back(m_backend.allocate(elements * 4));
        return wholeTensor(*m_buffers.back(), rows, cols, type);
    }

    Weight weight(int out, int width, size_t parts = 1)
    {
        const std::vector<float> values(static_cast<size_t>(out * width));
        const std::vector<WeightPart> all(
            parts, {.rows = std::as_bytes(std::span(values)), .type = DType::F32, .out = out});
        return m_backend.load(all, width);
    }

    void call(const std::string& operation);

private:
    Backend& m_backend;
    std::vector<std::shared_ptr<Buffer>> m_buffers;

public:
    Tensor x, y, wide, ids, picks, shares, logits, found, inner;
    Tensor small;
    Weight w, experts, vector, bias, expertBias, sinks;
    AttentionShape shape{.heads = 4, .kvHeads = 2, .headSize = 8};
    KvPages kv;
    QkNorm norm;
    Rope rope;
    Tensor qkv, attended;
    StepInputs in;
    float cap = 30.f;
    std::vector<int> pages{1, 0};
    std::vector<std::byte> pageBytes;
    Alone alone;
};

Arguments::Arguments(Backend& backend)
    : m_backend(backend)
{
    x = tensor(3, 32);
    y = tensor(3, 32);
    wide = tensor(3, 64);
    ids = tensor(3, 1, DType::I32);
    picks = tensor(3, 2, DType::I32);
    shares = tensor(3, 2);
    logits = tensor(3, 4);
    found = tensor(3, kCandidateCols, DType::I32);
    inner = tensor(6, 8);
    small = tensor(3, 8);
    experts = weight(8, 32, 4);
    w = weight(32, 32);
    expertBias = weight(1, 32);
    sinks = weight(1, shape.heads);
    vector = weight(1, 32);
    bias = weight(1, 32);
    kv.pageCount = 2;
    kv.buffer = backend.allocate(2 * kvPageBytes(2, 8));
    kv.pageTable = tensor(1, 2, DType::I32);
    pageBytes.resize(2 * kvPageBytes(2, 8));
    qkv = tensor(3, shape.qkvCols());
    attended = tensor(3, shape.queryCols());
    in.positions = tensor(3, 1, DType::I32);
    in.slots = tensor(3, 1, DType::I32);
    in.contextBound = 128;
}

void Arguments::call(const std::string& operation)
{
    if (operation == "embed")
        m_backend.embed(y, w, ids, 1.f);
    else if (operation == "rmsNorm")
        m_backend.rmsNorm(y, x, vector, 1e-5f);
    else if (operation == "matmul")
        m_backend.matmul(y, x, w, bias);
    else if (operation == "rotateAndStore")
        m_backend.rotateAndStore(qkv, kv, norm, rope, shape, in);
    else if (operation == "attention")
        m_backend.attention(attended, qkv, kv, shape, in, sinks);
    else if (operation == "glu")
        m_backend.glu(y, wide, Activation::Silu);
    else if (operation == "add")
        m_backend.add(x, y);
    else if (operation == "gatherRows")
        m_backend.gatherRows(y, x, ids);
    else if (operation == "softcap")
        m_backend.softcap(x, cap);
    else if (operation == "topCandidates")
        m_backend.topCandidates(found, logits);
    else if (operation == "routeExperts")
        m_backend.routeExperts(picks, shares, logits);
    else if (operation == "expertMatmul")
        m_backend.expertMatmul(inner, x, experts, picks, expertBias);
    else if (operation == "weightedSum")
        m_backend.weightedSum(small, inner, shares);
    else if (operation == "allReduce")
        m_backend.allReduce(x, alone);
    else if (operation == "copyPages")
        m_backend.writePages(kv, pages, shape, pageBytes);
    else
        throw std::logic_error("no operator has this name");
}

struct Mistake {
    const char* operation;
    const char* text; // part of the refusal
    std::function<void(Arguments&)> make;
};

Tensor shifted(Tensor t, size_t bytes)
{
    t.offset += bytes;
    return t;
}

std::vector<Mistake> mistakes()
{
    using A = Arguments;
    return {
        {"embed", "y is (3, 64), not (3, 32)", [](A& a) { a.y = a.wide; }},
        {"embed", "ids is F32, not I32", [](A& a) { a.ids = a.x.columns(0, 1); }},
        {"embed", "ids is (2, 1), not (3, 1)", [](A& a) { a.ids = a.ids.firstRows(2); }},
        {"embed", "the table is missing", [](A& a) { a.w = {}; }},
        {"rmsNorm", "y is (2, 32), not (3, 32)", [](A& a) { a.y = a.y.firstRows(2); }},
        {"rmsNorm", "the weight is (32, 32), not (1, 32)", [](A& a) { a.vector = a.w; }},
        {"rmsNorm", "x and y overlap",
         [](A& a) {
             a.x = a.wide.columns(0, 32);
             a.y = a.wide.columns(16, 32);
         }},
        {"matmul", "x is (3, 64), not (3, 32)", [](A& a) { a.x = a.wide; }},
        {"matmul", "y is (3, 31), not (3, 32)", [](A& a) { a.y = a.y.columns(0, 31); }},
        {"matmul", "x is missing", [](A& a) { a.x = {}; }},
        {"matmul", "the bias is (1, 16), not (1, 32)", [](A& a) { a.bias = a.weight(1, 16); }},
        {"matmul", "x and y overlap", [](A& a) { a.y = a.x; }},
        {"matmul", "reaches beyond its buffer of 384 bytes", [](A& a) { a.y = shifted(a.y, 4); }},
        {"matmul", "is no view", [](A& a) { a.y = shifted(a.y, 2); }},
        {"matmul", "is no view", [](A& a) { a.y.stride = 31; }},
        {"rotateAndStore", "4 query heads cannot share 3 key heads",
         [](A& a) { a.shape.kvHeads = 3; }},
        {"rotateAndStore", "a head size of 7 is not even", [](A& a) { a.shape.headSize = 7; }},
        {"rotateAndStore", "qkv is (3, 32), not (3, 64)", [](A& a) { a.qkv = a.x; }},
        {"rotateAndStore", "10 rotated elements of a head of 8", [](A& a) { a.rope.dims = 10; }},
        {"rotateAndStore", "the rotation is missing", [](A& a) { a.rope.dims = 4; }},
        {"rotateAndStore", "the rotation is (3, 8), not (3, 4)",
         [](A& a) {
             a.rope.dims = 4;
             a.rope.rotation = a.tensor(3, 8);
         }},
        {"rotateAndStore", "the key norm is (1, 32), not (1, 8)",
         [](A& a) { a.norm.k = a.vector; }},
        {"rotateAndStore", "pages need", [](A& a) { a.kv.pageCount = 3; }},
        {"rotateAndStore", "slots is (1, 1), not (3, 1)",
         [](A& a) { a.in.slots = a.in.slots.firstRows(1); }},
        {"attention", "y is (3, 64), not (3, 32)", [](A& a) { a.attended = a.wide; }},
        {"attention", "qkv and y overlap", [](A& a) { a.attended = a.qkv.columns(0, 32); }},
        {"attention", "the cache is missing", [](A& a) { a.kv.buffer = nullptr; }},
        {"attention", "the page table is F32, not I32", [](A& a) { a.kv.pageTable = a.x; }},
        {"attention", "positions is missing", [](A& a) { a.in.positions = {}; }},
        {"attention", "the sinks is (1, 32), not (1, 4)", [](A& a) { a.sinks = a.vector; }},
        {"attention", "a context bound of 0", [](A& a) { a.in.contextBound = 0; }},
        {"glu", "gateUp is (3, 32), not (3, 64)", [](A& a) { a.wide = a.x; }},
        {"glu", "gateUp and y overlap", [](A& a) { a.y = a.wide.columns(32, 32); }},
        {"add", "y is (3, 64), not (3, 32)", [](A& a) { a.y = a.wide; }},
        {"add", "x and y overlap", [](A& a) { a.y = a.x; }},
        {"gatherRows", "rows is (3, 32), not (3, 1)",
         [](A& a) { a.ids = a.tensor(3, 32, DType::I32); }},
        {"gatherRows", "y is (3, 64), not (3, 32)", [](A& a) { a.y = a.wide; }},
        {"softcap", "x is I32, not F32", [](A& a) { a.x = a.ids; }},
        {"softcap", "a cap of 0", [](A& a) { a.cap = 0.f; }},
        {"topCandidates", "logits is I32, not F32", [](A& a) { a.logits = a.picks; }},
        {"topCandidates", "found is F32, not I32",
         [](A& a) { a.found = a.tensor(3, kCandidateCols); }},
        {"topCandidates", "found is (3, 2), not (3, 130)", [](A& a) { a.found = a.picks; }},
        {"topCandidates", "found is (2, 130), not (3, 130)",
         [](A& a) { a.found = a.found.firstRows(2); }},
        {"topCandidates", "logits and found overlap",
         [](A& a) {
             a.logits = a.found;
             a.logits.type = DType::F32;
         }},
        {"routeExperts", "ids is F32, not I32", [](A& a) { a.picks = a.shares; }},
        {"routeExperts", "weights is (3, 4), not (3, 2)", [](A& a) { a.shares = a.logits; }},
        {"routeExperts", "2 picks of 1 experts", [](A& a) { a.logits = a.x.columns(0, 1); }},
        {"expertMatmul", "y is (3, 8), not (6, 8)", [](A& a) { a.inner = a.small; }},
        {"expertMatmul", "x is (2, 32), not (6, 32)", [](A& a) { a.x = a.x.firstRows(2); }},
        {"expertMatmul", "x is (3, 64), not (3, 32)", [](A& a) { a.x = a.wide; }},
        {"expertMatmul", "the weight (32, 32) is not made of matrices of 5 rows",
         [](A& a) { a.inner = a.inner.columns(0, 5); }},
        {"expertMatmul", "the bias is (1, 4), not (1, 32)", [](A& a) { a.expertBias = a.sinks; }},
        {"expertMatmul", "the weight is missing", [](A& a) { a.experts = {}; }},
        {"expertMatmul", "ids is missing", [](A& a) { a.picks = {}; }},
        {"weightedSum", "x is (3, 8), not (6, 8)", [](A& a) { a.inner = a.small; }},
        {"weightedSum", "x and y overlap", [](A& a) { a.small = a.inner.firstRows(3); }},
        {"copyPages", "page 2 of 2", [](A& a) { a.pages[0] = 2; }},
        {"copyPages", "page -1 of 2", [](A& a) { a.pages[1] = -1; }},
        {"copyPages", "1 pages take 4096 bytes, not 8192", [](A& a) { a.pages.pop_back(); }},
        {"copyPages", "the cache is missing", [](A& a) { a.kv.buffer = nullptr; }},
        {"allReduce", "x with stride 64 is not packed", [](A& a) { a.x = a.wide.columns(0, 32); }},
    };
}

std::string refusalOf(const std::function<void()>& work)
{
    try {
        work();
    } catch (const std::invalid_argument& refusal) {
        return refusal.what();
    }
    return {};
}

std::string loadRefusal(Backend& backend, DType type, int out, int in, size_t bytes)
{
    const std::vector<std::byte> rows(bytes);
    const WeightPart part{.rows = rows, .type = type, .out = out};
    return refusalOf([&] { (void)backend.load({&part, 1}, in); });
}

} // namespace

class ChecksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_devices = testedDevices(); }
    void mistakesAreRefusedInWords_data();
    void mistakesAreRefusedInWords();
    void wellFormedCallsAreAccepted_data();
    void wellFormedCallsAreAccepted();
    void columnsOfOneMatrixAreApart();
    void loadRefusesWhatIsNoMatrix();
    void copiesMustFillTheTensor();
    void cleanupTestCase() { m_opened = {}; }

private:
    Backend& reference() { return m_opened.open({DeviceKind::Reference, 0}); }

    std::vector<TestedDevice> m_devices;
    OpenedDevices m_opened;
};

void ChecksTest::mistakesAreRefusedInWords_data()
{
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("mistake");
    const std::vector<Mistake> all = mistakes();
    for (size_t d = 0; d < m_devices.size(); ++d)
        for (size_t m = 0; m < all.size() && m_devices[d].problem.empty(); ++m)
            QTest::addRow("%s: %s: %s", m_devices[d].name.c_str(), all[m].operation, all[m].text)
                << static_cast<int>(d) << static_cast<int>(m);
}

void ChecksTest::mistakesAreRefusedInWords()
{
    QFETCH(int, device);
    QFETCH(int, mistake);
    Arguments arguments(m_opened.open(m_devices[static_cast<size_t>(device)].id));
    const Mistake made = mistakes()[static_cast<size_t>(mistake)];

    made.make(arguments);
    const std::string refusal = refusalOf([&] { arguments.call(made.operation); });

    QVERIFY2(refusal.starts_with(std::string(made.operation) + ": "), refusal.c_str());
    QVERIFY2(refusal.find(made.text) != std::string::npos, refusal.c_str());
}

void ChecksTest::wellFormedCallsAreAccepted_data()
{
    QTest::addColumn<int>("device");
    for (size_t d = 0; d < m_devices.size(); ++d)
        if (m_devices[d].problem.empty())
            QTest::newRow(m_devices[d].name.c_str()) << static_cast<int>(d);
}

void ChecksTest::wellFormedCallsAreAccepted()
{
    QFETCH(int, device);
    Arguments arguments(m_opened.open(m_devices[static_cast<size_t>(device)].id));

    for (const char* operation :
         {"embed", "rmsNorm", "matmul", "rotateAndStore", "attention", "glu", "add", "gatherRows",
          "softcap", "topCandidates", "routeExperts", "expertMatmul", "weightedSum", "allReduce",
          "copyPages"})
        QCOMPARE(refusalOf([&] { arguments.call(operation); }), std::string());
}

void ChecksTest::columnsOfOneMatrixAreApart()
{
    Arguments a(reference());
    const Tensor left = a.wide.columns(0, 32);
    const Tensor right = a.wide.columns(32, 32);

    checkMatmul(right, left, a.w, {});
    checkMatmul(left, right, a.w, {});

    QVERIFY_EXCEPTION_THROWN(checkMatmul(a.wide.columns(31, 32), left, a.w, {}),
                             std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(checkMatmul(left, a.wide.columns(31, 32), a.w, {}),
                             std::invalid_argument);
}

void ChecksTest::loadRefusesWhatIsNoMatrix()
{
    Backend& backend = reference();
    QCOMPARE(loadRefusal(backend, DType::Q4_K, 1, 256, 144), std::string());
    QCOMPARE(loadRefusal(backend, DType::Q4_K, 2, 896, 1000),
             std::string("load: rows of 896 columns are not whole blocks of Q4_K"));
    QCOMPARE(loadRefusal(backend, DType::Q4_K, 2, 256, 287),
             std::string("load: 2 rows of 256 columns of Q4_K take 288 bytes, not 287"));
    QCOMPARE(loadRefusal(backend, DType::I32, 1, 1, 4),
             std::string("load: 1 rows of I32 are no weight"));
    QCOMPARE(refusalOf([&] { (void)backend.load({}, 32); }), std::string("load: nothing to load"));
}

void ChecksTest::copiesMustFillTheTensor()
{
    Arguments a(reference());
    std::vector<std::byte> bytes(3 * 32 * 4 - 4);

    QCOMPARE(refusalOf([&] { reference().write(a.x, bytes); }),
             std::string("copy: 380 bytes do not fill (3, 32) elements"));
    QCOMPARE(refusalOf([&] { reference().read(bytes, a.x); }),
             std::string("copy: 380 bytes do not fill (3, 32) elements"));
}

QTEST_APPLESS_MAIN(ChecksTest)
#include "checks_test.moc"
