#include "inference/model_files/gguf_file.h"

#include "inference/model_files/byte_cursor.h"
#include "inference/model_files/gguf_types.h"
#include "tests/inference/model_files/gguf_sample.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <fstream>
#include <random>

// A parser that believes a length would ask for far more than this.
extern "C" const char* __asan_default_options()
{
    return "max_allocation_size_mb=64";
}

using namespace inglenook;

namespace {

using Bytes = std::vector<std::byte>;

template <typename Number> void put(Bytes& bytes, size_t position, Number value)
{
    std::memcpy(bytes.data() + position, &value, std::min(sizeof value, bytes.size() - position));
}

/// Where `text` begins in the file.
size_t positionOf(const Bytes& bytes, std::string_view text)
{
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return all.find(text);
}

std::string faultOf(const Bytes& bytes)
{
    try {
        (void)parseGguf(bytes);
    } catch (const FileFault& fault) {
        return fault.what();
    }
    return {};
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// Parses bytes that may be anything; what is accepted must be consistent.
/// Returns whether they were refused.
bool refusedOrConsistent(const Bytes& bytes)
{
    GgufContents contents;
    try {
        contents = parseGguf(bytes);
    } catch (const FileFault&) {
        return true;
    }
    for (const ModelArray& array : contents.arrays) {
        const bool inside = array.bytes.data() >= bytes.data() &&
            array.bytes.data() + array.bytes.size() <= bytes.data() + bytes.size();
        if (!inside || array.bytes.size() != array.byteCount || array.rows < 1 || array.cols < 1)
            qFatal("an accepted file has an array that is not inside it");
        // Touch the ends: the address sanitizer sees what the comparison above might miss.
        (void)std::to_integer<int>(array.bytes.front());
        (void)std::to_integer<int>(array.bytes.back());
    }
    return false;
}

size_t headerBytes(const Bytes& file)
{
    return static_cast<size_t>(parseGguf(file).arrays.front().bytes.data() - file.data());
}

} // namespace

class GgufFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatWasWrittenIsRead();
    void arraysPointIntoTheFile();
    void unsupportedFormatsAreListedWithTheirSize();
    void blockSizesAgreeWithTheKernels();
    void versionTwoIsRead();
    void fileOfMetadataAloneMayEndWithoutPadding();
    void everyTruncationIsRefusedWithAPath();
    void everyOverwrittenLengthIsRefusedOrHarmless();
    void flippedBitsAreRefusedOrHarmless();
    void randomBytesBehindAGoodHeadAreRefused();
    void lies_data();
    void lies();
    void duplicateNamesAreRefused();
    void overlappingArraysAreRefused();
    void partsOfSplitModelsAreRefused();
    void whatIsNotAFileIsRefused();
};

void GgufFileTest::whatWasWrittenIsRead()
{
    GgufSample sample;
    const Bytes file = sample.bytes();

    const GgufContents contents = parseGguf(file);

    QVERIFY(contents.metadata.all() == sample.metadata.all());
    QCOMPARE(contents.arrays.size(), sample.arrays.size());
    for (size_t i = 0; i < sample.arrays.size(); ++i) {
        const ModelArray& array = contents.arrays[i];
        QCOMPARE(array.name, sample.arrays[i].name);
        QCOMPARE(array.typeName, sample.arrays[i].typeName);
        QVERIFY(array.dimensions == sample.arrays[i].dimensions);
        QVERIFY(std::ranges::equal(array.bytes, sample.arrays[i].bytes));
    }
}

void GgufFileTest::arraysPointIntoTheFile()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath("model.gguf").toStdString();
    GgufSample sample;
    writeGguf(path, sample.metadata, sample.arrays);

    const auto model = openModelFile(path);

    QCOMPARE(model->path(), path);
    QCOMPARE(model->fileBytes(), uint64_t{sample.bytes().size()});
    QCOMPARE(model->arrays().size(), sample.arrays.size());
    const ModelArray* array = model->find("blk.0.odd.weight");
    QVERIFY(array);
    QCOMPARE(array->cols, 32);
    QCOMPARE(array->rows, 8);
    QVERIFY(std::ranges::equal(array->bytes, sample.arrays[3].bytes));
    QVERIFY(!model->find("blk.1.odd.weight"));
}

void GgufFileTest::unsupportedFormatsAreListedWithTheirSize()
{
    GgufSample sample;
    const Bytes file = sample.bytes();

    const GgufContents contents = parseGguf(file);

    QVERIFY(contents.arrays[1].supported);
    QVERIFY(contents.arrays[1].type == DType::Q8_0);
    QVERIFY(!contents.arrays[3].supported);
    QCOMPARE(contents.arrays[3].byteCount, uint64_t{288});
}

void GgufFileTest::blockSizesAgreeWithTheKernels()
{
    int known = 0;
    for (uint32_t number = 0; number < 64; ++number) {
        const GgufArrayType* type = findGgufArrayType(number);
        if (!type || !type->type)
            continue;
        ++known;
        QCOMPARE(type->blockElements, facts(*type->type).blockElements);
        QCOMPARE(type->blockBytes, facts(*type->type).blockBytes);
        QVERIFY(type->name == facts(*type->type).name);
    }
    QCOMPARE(known, static_cast<int>(std::size(kWeightTypes)) + 1); // and I32
}

void GgufFileTest::versionTwoIsRead()
{
    Bytes file = GgufSample().bytes();

    put(file, 4, uint32_t{2});

    QCOMPARE(parseGguf(file).arrays.size(), size_t{4});
}

void GgufFileTest::fileOfMetadataAloneMayEndWithoutPadding()
{
    Metadata metadata;
    metadata.set("a", int64_t{1});
    Bytes file = ggufBytes(metadata, {});
    file.resize(24 + 8 + 1 + 4 + 4);

    QCOMPARE(parseGguf(file).metadata.requireInteger("a", 0, 9), 1);
}

void GgufFileTest::everyTruncationIsRefusedWithAPath()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath("cut.gguf").toStdString();
    const Bytes file = GgufSample().bytes();
    // The last array ends 288 bytes after its start, a multiple of the alignment: no padding
    // follows.
    for (size_t length = 1; length < file.size(); ++length) {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(file.data()),
                   static_cast<std::streamsize>(length));
        std::string sentence;
        try {
            (void)openModelFile(path);
        } catch (const std::runtime_error& error) {
            sentence = error.what();
        }
        QVERIFY2(contains(sentence, path), qPrintable(QString::number(length)));
        QVERIFY2(sentence.ends_with('.') && sentence.find('\n') == std::string::npos,
                 sentence.c_str());
    }
}

void GgufFileTest::everyOverwrittenLengthIsRefusedOrHarmless()
{
    const Bytes good = GgufSample().bytes();
    const size_t header = headerBytes(good);
    const uint64_t lengths[] = {0,
                                1,
                                0xff,
                                0xffff'ffff,
                                0x7fff'ffff,
                                0x8000'0000,
                                uint64_t{1} << 40,
                                uint64_t{1} << 61,
                                uint64_t{1} << 63,
                                0x7fff'ffff'ffff'ffff,
                                ~uint64_t{0},
                                ~uint64_t{0} - 30};
    int refused = 0;
    int tried = 0;
    for (size_t position = 0; position < header; ++position)
        for (const uint64_t length : lengths) {
            Bytes wide = good;
            put(wide, position, length);
            Bytes narrow = good;
            put(narrow, position, static_cast<uint32_t>(length));
            refused += refusedOrConsistent(wide) + refusedOrConsistent(narrow);
            tried += 2;
        }
    // Most places hold something that matters.
    QVERIFY2(refused > tried / 2, qPrintable(QString("%1 of %2").arg(refused).arg(tried)));
}

void GgufFileTest::flippedBitsAreRefusedOrHarmless()
{
    const Bytes good = GgufSample().bytes();
    const size_t header = headerBytes(good);
    int refused = 0;
    for (size_t bit = 0; bit < header * 8; ++bit) {
        Bytes file = good;
        file[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
        refused += refusedOrConsistent(file);
    }
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
        Bytes file = good;
        const unsigned flips = 1 + random() % 8;
        for (unsigned flip = 0; flip < flips; ++flip)
            file[random() % header] = static_cast<std::byte>(random());
        refused += refusedOrConsistent(file);
    }
    QVERIFY(refused > 10'000);
}

void GgufFileTest::randomBytesBehindAGoodHeadAreRefused()
{
    std::mt19937 random(2);
    for (int i = 0; i < 2'000; ++i) {
        Bytes file(256);
        for (std::byte& byte : file)
            byte = static_cast<std::byte>(random());
        put(file, 0, kGgufMagic);
        put(file, 4, uint32_t{3});
        put(file, 8, uint64_t{random() % 5});
        put(file, 16, uint64_t{1 + random() % 3});
        QVERIFY(refusedOrConsistent(file));
    }
}

void GgufFileTest::lies_data()
{
    QTest::addColumn<QString>("place"); // the change is made `distance` bytes behind this text
    QTest::addColumn<int>("distance");
    QTest::addColumn<qulonglong>("value");
    QTest::addColumn<int>("width");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const char* place, int distance, qulonglong value,
                        int width, const char* reason) {
        QTest::newRow(name) << place << distance << value << width << reason;
    };
    row("magic", "GGUF", -4, 1, 4, "not a GGUF file");
    row("version one", "GGUF", 0, 1, 4, "version 1");
    row("version four", "GGUF", 0, 4, 4, "version 4");
    row("big-endian", "GGUF", 0, 0x03000000, 4, "big-endian");
    row("arrays beyond the file", "GGUF", 4, 1'000, 8, "1000 arrays");
    row("arrays without end", "GGUF", 4, ~0ull, 8, "arrays");
    row("values beyond the file", "GGUF", 12, 60'000, 8, "60000 values");
    row("values without end", "GGUF", 12, ~0ull, 8, "values");
    row("a value of no kind", "sample.count", 0, 13, 4, "unknown kind");
    row("neither true nor false", "sample.flag", 4, 2, 1, "neither");
    row("a list of no kind", "sample.counts", 4, 99, 4, "unknown kind");
    row("a list of lists", "sample.counts", 4, 9, 4, "list of lists");
    row("a long list", "sample.counts", 8, 1ull << 61, 8, "elements");
    row("a long list of texts", "sample.texts", 8, 1ull << 33, 8, "elements");
    row("a list that is neither", "sample.flags", 16, 7, 1, "neither");
    row("a long text", "general.architecture", 4, 1ull << 40, 8, "text of");
    row("no dimensions", "token_embd.weight", 0, 0, 4, "0 dimensions");
    row("five dimensions", "token_embd.weight", 0, 5, 4, "5 dimensions");
    row("an empty dimension", "token_embd.weight", 4, 0, 8, "zero or negative");
    row("a negative dimension", "token_embd.weight", 4, ~0ull, 8, "zero or negative");
    row("a product beyond counting", "token_embd.weight", 4, 1ull << 62, 8, "larger than any");
    row("more bytes than counting", "token_embd.weight", 4, 1ull << 60, 8, "larger than any");
    row("larger than the file", "token_embd.weight", 4, 1ull << 20, 8, "end of the file");
    row("part of a block", "blk.0.attn_q.weight", 4, 63, 8, "cannot hold");
    row("a format withdrawn", "token_embd.weight", 20, 4, 4, "unknown number format");
    row("a format of the future", "token_embd.weight", 20, 9'999, 4, "unknown number format");
    row("off the alignment", "blk.0.attn_q.weight", 24, 4, 8, "multiple of 32");
    row("behind the end", "blk.0.attn_q.weight", 24, 1ull << 40, 8, "end of the file");
    row("an offset that wraps", "blk.0.attn_q.weight", 24, ~31ull, 8, "end of the file");
    row("on top of another", "blk.0.attn_q.weight", 24, 0, 8, "overlaps");
}

void GgufFileTest::lies()
{
    QFETCH(QString, place);
    QFETCH(int, distance);
    QFETCH(qulonglong, value);
    QFETCH(int, width);
    QFETCH(QString, reason);
    Bytes file = GgufSample().bytes();
    const size_t start = positionOf(file, place.toStdString());
    const auto position = static_cast<size_t>(static_cast<ptrdiff_t>(start) +
                                              static_cast<ptrdiff_t>(place.size()) + distance);

    std::memcpy(file.data() + position, &value, static_cast<size_t>(width));

    const std::string fault = faultOf(file);
    QVERIFY2(contains(fault, reason.toStdString()), fault.c_str());
}

void GgufFileTest::duplicateNamesAreRefused()
{
    Bytes values = GgufSample().bytes();
    std::memcpy(values.data() + positionOf(values, "sample.counts"), "sample.number", 13);
    GgufSample sample;
    sample.arrays.push_back(sample.arrays.front());

    QVERIFY(contains(faultOf(values), "two values named \"sample.number\""));
    QVERIFY(contains(faultOf(sample.bytes()), "two arrays named \"token_embd.weight\""));
}

void GgufFileTest::overlappingArraysAreRefused()
{
    const GgufSample sample;
    const Bytes good = sample.bytes();
    for (const GgufArray& array : sample.arrays) {
        Bytes file = good;
        const size_t offset =
            positionOf(file, array.name) + array.name.size() + 4 + 8 * array.dimensions.size() + 4;
        // On top of the next array in the file, or of the one before the last.
        put(file, offset, uint64_t{array.name == "token_embd.weight" ? 96u : 64u});
        QVERIFY2(contains(faultOf(file), "overlaps"), array.name.c_str());
    }
}

void GgufFileTest::partsOfSplitModelsAreRefused()
{
    GgufSample sample;
    sample.metadata.set("split.count", int64_t{3});

    QVERIFY(contains(faultOf(sample.bytes()), "split"));
}

void GgufFileTest::whatIsNotAFileIsRefused()
{
    QTemporaryDir folder;
    const std::string missing = folder.filePath("missing.gguf").toStdString();

    for (const std::string& path : {missing, folder.path().toStdString()}) {
        try {
            (void)openModelFile(path);
            QFAIL("opened something that is not a file");
        } catch (const std::runtime_error& error) {
            QVERIFY(contains(error.what(), path));
        }
    }
}

QTEST_APPLESS_MAIN(GgufFileTest)
#include "gguf_file_test.moc"
