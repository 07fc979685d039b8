#include "inference/text/utf8_stream.h"

#include <QString>
#include <QTest>

#include <random>

using namespace inglenook;

namespace {

const std::string kMixed = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\xf4\x8f\xbf\xbf";

std::string streamed(std::initializer_list<std::string_view> pieces)
{
    Utf8Stream stream;
    std::string text;
    for (const std::string_view piece : pieces)
        text += stream.push(piece);
    return text + stream.finish();
}

} // namespace

class Utf8StreamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySplitInThreeGivesTheText();
    void unfinishedCharactersAreHeldBack();
    void brokenBytesFollowTheMaximalSubpartRule_data();
    void brokenBytesFollowTheMaximalSubpartRule();
    void everyTwoBytesAreRepairedAlikeWhole();
    void randomBytesAreRepairedAlikeWhole();
    void finishForgets();
};

void Utf8StreamTest::everySplitInThreeGivesTheText()
{
    const std::string_view text = kMixed;
    for (size_t first = 0; first <= text.size(); ++first)
        for (size_t second = first; second <= text.size(); ++second)
            QCOMPARE(streamed({text.substr(0, first), text.substr(first, second - first),
                               text.substr(second)}),
                     kMixed);
}

void Utf8StreamTest::unfinishedCharactersAreHeldBack()
{
    Utf8Stream stream;

    QCOMPARE(stream.push("a\xf0"), std::string("a"));
    QCOMPARE(stream.push("\x9f\x98"), std::string());
    QCOMPARE(stream.push("\x80"), std::string("\xf0\x9f\x98\x80"));
    QCOMPARE(stream.push("\xe2\x82"), std::string());
    QCOMPARE(stream.finish(), std::string("\xef\xbf\xbd"));
}

void Utf8StreamTest::brokenBytesFollowTheMaximalSubpartRule_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text"); // R stands for U+FFFD
    const auto row = [](const char* name, const char* bytes, const char* text) {
        QTest::newRow(name) << QByteArray(bytes) << QString(text).replace('R', QChar(0xfffd));
    };
    row("the standard's table 3-8", "\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
        "aRRRbRcRRd");
    row("not shortest", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "RRRRRRRRA");
    row("surrogates", "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", "RRRRRRRRA");
    row("beyond Unicode", "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "RRRRRARRB");
    row("cut off", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "RRRRA");
    row("cut off at the end", "x\xf0\x9f\x98", "xR");
}

void Utf8StreamTest::brokenBytesFollowTheMaximalSubpartRule()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);

    QCOMPARE(QString::fromStdString(validUtf8(bytes.toStdString())), text);
}

void Utf8StreamTest::everyTwoBytesAreRepairedAlikeWhole()
{
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
            const std::string_view view = bytes;
            const std::string whole = validUtf8(bytes);
            QCOMPARE(streamed({view.substr(0, 1), view.substr(1)}), whole);
            QCOMPARE(validUtf8(whole), whole);
        }
}

void Utf8StreamTest::randomBytesAreRepairedAlikeWhole()
{
    std::mt19937 random(3);
    // Bytes that begin, continue and break characters, rather than mostly broken ones.
    const std::string_view alphabet = "a\x80\xbf\xc2\xe0\xa0\xed\x9f\xf0\x90\xf4\x8f\xff";
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes;
        for (int n = 0; n < 8; ++n)
            bytes += alphabet[random() % alphabet.size()];
        Utf8Stream stream;
        std::string text;
        for (size_t place = 0; place < bytes.size();) {
            const size_t length = 1 + random() % 3;
            text += stream.push(std::string_view(bytes).substr(place, length));
            place += length;
        }
        text += stream.finish();
        QCOMPARE(text, validUtf8(bytes));
        QVERIFY(QString::fromStdString(text).toStdString() == text);
    }
}

void Utf8StreamTest::finishForgets()
{
    Utf8Stream stream;
    (void)stream.push("\xf0");

    QVERIFY(!stream.finish().empty());
    QVERIFY(stream.finish().empty());
    QCOMPARE(stream.push("a"), std::string("a"));
}

QTEST_APPLESS_MAIN(Utf8StreamTest)
#include "utf8_stream_test.moc"
