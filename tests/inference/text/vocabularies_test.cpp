#include "inference/model_files/model_file.h"
#include "inference/text/tokenizer.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace inglenook;

namespace {

constexpr const char* kSeparator = "\n__ggml_vocab_test__\n";
constexpr int kTexts = 46;

/// The vocabularies that are part of this source tree, or all nine where they lie beside it.
QString pathOf(const QString& name)
{
    const QString file = "ggml-vocab-" + name + ".gguf";
    for (const char* folder : {INGLENOOK_TEST_VOCABULARIES, INGLENOOK_MORE_VOCABULARIES})
        if (QFile::exists(QDir(folder).filePath(file)))
            return QDir(folder).filePath(file);
    return {};
}

bool isCarried(const QString& name)
{
    return QStringList{"llama-spm", "gpt-2", "deepseek-coder"}.contains(name);
}

QByteArray contentsOf(const QString& path)
{
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<std::string> textsOf(const QString& path)
{
    const std::string all = contentsOf(path + ".inp").toStdString();
    std::vector<std::string> texts;
    size_t start = 0;
    for (size_t end = all.find(kSeparator); end != std::string::npos;
         end = all.find(kSeparator, start)) {
        texts.push_back(all.substr(start, end - start));
        start = end + std::string_view(kSeparator).size();
    }
    return texts;
}

std::vector<std::vector<Token>> tokensOf(const QString& path)
{
    std::vector<std::vector<Token>> lists;
    const QList<QByteArray> lines = contentsOf(path + ".out").split('\n');
    for (const QByteArray& line : lines.first(kTexts)) {
        lists.emplace_back();
        for (const QByteArray& id : line.split(' '))
            if (!id.isEmpty())
                lists.back().push_back(id.toInt());
    }
    return lists;
}

} // namespace

class VocabulariesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knownTextsGiveTheKnownTokens_data() { addVocabularies(); }
    void knownTextsGiveTheKnownTokens();
    void decodingGivesTheTextBack_data() { addVocabularies(); }
    void decodingGivesTheTextBack();

private:
    void addVocabularies();
};

void VocabulariesTest::addVocabularies()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"llama-spm", "phi-3", "gpt-2", "falcon", "mpt", "deepseek-llm",
                             "deepseek-coder", "starcoder", "refact"})
        QTest::newRow(name) << name;
}

void VocabulariesTest::knownTextsGiveTheKnownTokens()
{
    QFETCH(QString, name);
    const QString path = pathOf(name);
    if (path.isEmpty() && !isCarried(name))
        QSKIP("this vocabulary is not part of the source tree and does not lie beside it");
    const auto tokenizer = createTokenizer(openModelFile(path.toStdString())->metadata());
    const auto texts = textsOf(path);
    const auto expected = tokensOf(path);
    QCOMPARE(texts.size(), size_t{kTexts});

    for (size_t i = 0; i < texts.size(); ++i)
        QVERIFY2(tokenizer->encode(texts[i], false) == expected[i], texts[i].c_str());
}

void VocabulariesTest::decodingGivesTheTextBack()
{
    QFETCH(QString, name);
    const QString path = pathOf(name);
    if (path.isEmpty() && !isCarried(name))
        QSKIP("this vocabulary is not part of the source tree and does not lie beside it");
    const auto tokenizer = createTokenizer(openModelFile(path.toStdString())->metadata());

    for (const std::string& text : textsOf(path))
        QCOMPARE(tokenizer->decode(tokenizer->encode(text, false)), text);
}

QTEST_APPLESS_MAIN(VocabulariesTest)
#include "vocabularies_test.moc"
