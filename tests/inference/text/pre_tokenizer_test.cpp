#include "inference/text/pre_tokenizer.h"

#include <QStringList>
#include <QTest>

using namespace inglenook;

class PreTokenizerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsCutAsTheRulesSay_data();
    void textIsCutAsTheRulesSay();
    void nothingGetsLost_data();
    void nothingGetsLost();
    void unknownRulesAreRefusedByName();
};

namespace {

const char* const kNames[] = {
    "gpt-2",  "default", "falcon", "starcoder",    "llama-bpe",      "dbrx",       "qwen2",
    "qwen35", "tekken",  "gpt-4o", "deepseek-llm", "deepseek-coder", "deepseek-v3"};

} // namespace

void PreTokenizerTest::textIsCutAsTheRulesSay_data()
{
    QTest::addColumn<QString>("rules");
    QTest::addColumn<QStringList>("pieces"); // their sum is the text
    const auto row = [](const char* name, const char* rules, const QStringList& pieces) {
        QTest::newRow(name) << rules << pieces;
    };
    row("gpt-2", "gpt-2", {"I", "'m", " 12345", " ", " x", "?!", "\n\n", " y", "  "});
    row("gpt-2 is strict about case", "gpt-2", {"I", "'", "M"});
    row("starcoder cuts digits", "starcoder", {"x", " ", "1", "2", " y"});
    row("falcon cuts punctuation", "falcon", {"a", "`=", "b", " ", "123", "45"});
    row("llama 3", "llama-bpe",
        {"I", "'M", " ", "123", "45", " ", " x", "?!\n\n", " y", "(z", ")"});
    row("llama 3 and line ends", "llama-bpe", {"a", "  \n \n", " ", " b", "\t", "\t", "1"});
    row("qwen 2 cuts digits", "qwen2", {"x", " ", "1", "2", "'RE", " y"});
    row("qwen 3.5 keeps marks", "qwen35", {"e\u0301a", " b"});
    row("llama 3 does not", "llama-bpe", {"e", "\u0301a", " b"});
    row("tekken splits at capitals", "tekken", {"Hello", "World", " ABC", "1", "2", "/"});
    row("gpt-4o keeps endings", "gpt-4o", {"He's", " HTTPServer", "123", "4"});
    row("deepseek 3", "deepseek-v3", {"123", "4", "_foo", " bar", " ...\n", "你好", "x"});
    row("deepseek and trailing spaces", "deepseek-llm", {"a", " b", "12", "   "});
}

void PreTokenizerTest::textIsCutAsTheRulesSay()
{
    QFETCH(QString, rules);
    QFETCH(QStringList, pieces);
    const PreTokenizer preTokenizer(preTokenizerRules(rules.toStdString()));
    const std::string text = pieces.join("").toStdString();

    QStringList cut;
    for (const std::string_view piece : preTokenizer.split(text))
        cut += QString::fromUtf8(piece.data(), static_cast<qsizetype>(piece.size()));

    QCOMPARE(cut, pieces);
}

void PreTokenizerTest::nothingGetsLost_data()
{
    QTest::addColumn<QString>("rules");
    for (const char* name : kNames)
        QTest::newRow(name) << name;
}

void PreTokenizerTest::nothingGetsLost()
{
    QFETCH(QString, rules);
    const PreTokenizer preTokenizer(preTokenizerRules(rules.toStdString()));
    const std::string text = "Mixed TEXT, 1234 \xf0\x9f\x98\x80\xe2\x80\x8d \t\r\n\n 'S\xc5\xbf "
                             "\xe4\xbd\xa0\xe5\xa5\xbd\xea\xb0\x80 \xd8\xb3 e\xcc\x81 <|x|> "
                             "\xc2\xa0\xc2\x85\xe2\x80\xa8 end   ";
    for (size_t start = 0; start < text.size(); ++start) {
        if ((static_cast<unsigned char>(text[start]) & 0xc0) == 0x80)
            continue; // not the start of a character
        const std::string_view tail = std::string_view(text).substr(start);
        std::string joined;
        for (const std::string_view piece : preTokenizer.split(tail)) {
            QVERIFY(!piece.empty());
            joined += piece;
        }
        QVERIFY(joined == tail);
    }
}

void PreTokenizerTest::unknownRulesAreRefusedByName()
{
    try {
        (void)preTokenizerRules("nonesuch");
        QFAIL("made up rules");
    } catch (const std::runtime_error& error) {
        QVERIFY(std::string_view(error.what()).find("\"nonesuch\"") != std::string_view::npos);
    }
}

QTEST_APPLESS_MAIN(PreTokenizerTest)
#include "pre_tokenizer_test.moc"
