#include "inference/model/draft_pairing.h"

#include "inference/model/loaded_model.h"
#include "inference/model_files/gguf_writer.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

/// Which model guesses for which.
class DraftPairingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void smallestSuitableFileOfTheFolderIsFound();
    void otherVocabulariesAreRefusedByName();
    void largerFilesAreRefused();
    void nothingIsLookedForWhereNothingIsWished();
    void specialTokensArePartOfTheVocabulary();
    void modelSaysWhoDraftsForIt();
    void modelIsLoadedWithoutADraftThatCannotBe();

private:
    [[nodiscard]] std::string file(const char* name) const
    {
        return m_folder.filePath(name).toStdString();
    }
    [[nodiscard]] std::unique_ptr<LoadedModel> load(const std::string& draft) const
    {
        LoadRequest request;
        request.path = file("model.gguf");
        request.device = "reference";
        request.draft = draft;
        ModelLoading loading(request);
        while (!loading.finished())
            loading.advance();
        return loading.take();
    }

    QTemporaryDir m_folder;
};

namespace {

/// The model under a name, with another piece at the end of its vocabulary.
void writeOther(const ModelFile& model, const std::string& path)
{
    Metadata metadata = model.metadata();
    std::vector<std::string> pieces = *metadata.texts("tokenizer.ggml.tokens");
    pieces.back() += "x";
    metadata.set("tokenizer.ggml.tokens", pieces);
    metadata.set("general.name", std::string("Stranger"));
    std::vector<GgufArray> arrays;
    for (const ModelArray& array : model.arrays())
        arrays.push_back({.name = array.name,
                          .typeName = array.typeName,
                          .dimensions = array.dimensions,
                          .bytes = array.bytes});
    writeGguf(path, metadata, arrays);
}

DraftPairing paired(const ModelFile& model, const std::string& wish)
{
    DraftPairing pairing(model, wish);
    while (!pairing.finished())
        pairing.advance();
    return pairing;
}

} // namespace

void DraftPairingTest::initTestCase()
{
    keepDriversLoaded();
    writeModel(*tinyModel("gemma3"), file("model.gguf")); // seven layers
    writeModel(*tinyModel("llama", DType::Q8_0), file("small.gguf"));
    writeModel(*tinyModel("llama", DType::F16), file("middle.gguf"));
    writeOther(*tinyModel("llama", DType::Q4_0), file("stranger.gguf"));
    QFile broken(m_folder.filePath("broken.gguf"));
    QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("no model at all") > 0);
}

void DraftPairingTest::smallestSuitableFileOfTheFolderIsFound()
{
    const auto model = openModelFile(file("model.gguf"));
    const DraftPairing pairing = paired(*model, "auto");
    QVERIFY(pairing.found() != nullptr);
    QCOMPARE(pairing.found()->path(), file("small.gguf"));
    QVERIFY(pairing.refusal().empty());
}

void DraftPairingTest::otherVocabulariesAreRefusedByName()
{
    const auto model = openModelFile(file("model.gguf"));
    const DraftPairing pairing = paired(*model, file("stranger.gguf"));
    QVERIFY(pairing.found() == nullptr);
    QCOMPARE(pairing.refusal(),
             "Stranger cannot draft for tiny gemma3: their vocabularies differ.");
}

void DraftPairingTest::largerFilesAreRefused()
{
    const auto model = openModelFile(file("small.gguf"));
    const DraftPairing pairing = paired(*model, file("middle.gguf"));
    QVERIFY(pairing.found() == nullptr);
    QVERIFY(pairing.refusal().ends_with("it is not smaller."));
    // and so is the model itself
    QVERIFY(paired(*model, file("small.gguf")).found() == nullptr);
}

void DraftPairingTest::nothingIsLookedForWhereNothingIsWished()
{
    const auto model = openModelFile(file("model.gguf"));
    QVERIFY(DraftPairing(*model, "none").finished());
}

void DraftPairingTest::specialTokensArePartOfTheVocabulary()
{
    Metadata metadata = tinyModel("llama")->metadata();
    const uint64_t hash = vocabularyHash(metadata);
    QCOMPARE(vocabularyHash(tinyModel("qwen2")->metadata()), hash);
    metadata.set("tokenizer.ggml.eos_token_id", int64_t{4});
    QVERIFY(vocabularyHash(metadata) != hash);
}

void DraftPairingTest::modelSaysWhoDraftsForIt()
{
    const auto found = load("auto");
    QVERIFY(found->draft && found->speculates);
    QCOMPARE(found->facts.draftPath, file("small.gguf"));
    QCOMPARE(found->facts.draftName, "tiny llama");
    QVERIFY(found->facts.note.empty());

    const auto none = load("none");
    QVERIFY(!none->draft && !none->speculates);
    QVERIFY(none->facts.draftPath.empty());
}

void DraftPairingTest::modelIsLoadedWithoutADraftThatCannotBe()
{
    for (const char* name : {"stranger.gguf", "broken.gguf", "missing.gguf"}) {
        const auto model = load(file(name));
        QVERIFY(!model->draft && model->speculates);
        QVERIFY(!model->facts.note.empty());
    }
}

QTEST_APPLESS_MAIN(DraftPairingTest)
#include "draft_pairing_test.moc"
