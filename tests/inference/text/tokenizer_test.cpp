#include "inference/text/tokenizer.h"

#include "inference/model_files/model_file.h"
#include "inference/text/sentencepiece_model.h"

#include <QTest>

#include <functional>
#include <sentencepiece_processor.h>

using namespace inglenook;

namespace {

using Texts = std::vector<std::string>;
using Tokens = std::vector<Token>;

constexpr const char* kSpaceMark = "\xe2\x96\x81";

/// Byte pieces, then letters and a few merges, then special tokens.
Metadata sentencepieceSample()
{
    Texts pieces{"<unk>", "<s>", "</s>"};
    std::vector<int64_t> kinds{2, 3, 3};
    for (int byte = 0; byte < 256; ++byte) {
        pieces.push_back(QString("<0x%1>").arg(byte, 2, 16, QChar('0')).toUpper().toStdString());
        pieces.back()[2] = 'x';
        kinds.push_back(6);
    }
    const std::string mark = kSpaceMark;
    for (const std::string& piece : Texts{mark, "a", "b", "ab", mark + "ab", mark + mark}) {
        pieces.push_back(piece);
        kinds.push_back(1);
    }
    for (const char* piece : {"<|end|>", "<|end|>more", "<think>"}) {
        pieces.emplace_back(piece);
        kinds.push_back(std::string_view(piece) == "<think>" ? 4 : 3);
    }
    std::vector<double> scores(pieces.size(), 0.);
    for (size_t i = 259; i < scores.size(); ++i)
        scores[i] = -static_cast<double>(i);
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("llama"));
    metadata.set("tokenizer.ggml.tokens", pieces);
    metadata.set("tokenizer.ggml.scores", scores);
    metadata.set("tokenizer.ggml.token_type", kinds);
    metadata.set("tokenizer.ggml.bos_token_id", int64_t{1});
    metadata.set("tokenizer.ggml.eos_token_id", int64_t{2});
    metadata.set("tokenizer.ggml.unknown_token_id", int64_t{0});
    return metadata;
}

/// The letters a to d, a space ("\u0120"), three merges and two special tokens.
Metadata byteLevelSample()
{
    Metadata metadata;
    metadata.set("tokenizer.ggml.model", std::string("gpt2"));
    metadata.set("tokenizer.ggml.pre", std::string("gpt-2"));
    metadata.set("tokenizer.ggml.tokens",
                 Texts{"a", "b", "c", "d", "\xc4\xa0", "ab", "bc",
                       "\xc4\xa0"
                       "ab",
                       "<|im_end|>", "<x>"});
    metadata.set("tokenizer.ggml.token_type", std::vector<int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 3, 4});
    metadata.set("tokenizer.ggml.merges", Texts{"b c", "a b", "\xc4\xa0 ab"});
    return metadata;
}

std::string refusal(const Metadata& metadata)
{
    try {
        (void)createTokenizer(metadata);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

std::string carried(const char* name)
{
    return std::string(INGLENOOK_TEST_VOCABULARIES "/ggml-vocab-") + name + ".gguf";
}

} // namespace

class TokenizerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void earliestMergeWins();
    void piecesAreMergedByScore();
    void controlTokensInTextNeedPermission();
    void userDefinedTokensAreAlwaysFound();
    void longestSpecialTokenWins();
    void controlTokensHaveNoBytes();
    void spaceInFrontIsTakenAwayAgain();
    void noSpaceIsAddedWhereTheFileSaysSo();
    void unknownCharactersAreSpelledInBytes();
    void invalidTextIsReadAsReplacementCharacters();
    void repliesEndWithEosAndItsLike();
    void wholeWordsGoFirstForLlama3();
    void chunksDoNotChangeTheTokens();
    void longTextsOfOneKindComeBack_data();
    void longTextsOfOneKindComeBack();
    void brokenVocabulariesAreRefused_data();
    void brokenVocabulariesAreRefused();
    void tokensThatDoNotExistAreRefused();
};

void TokenizerTest::earliestMergeWins()
{
    const auto tokenizer = createTokenizer(byteLevelSample());

    // "b c" comes before "a b".
    QCOMPARE(tokenizer->encode("abc", false), (Tokens{0, 6}));
    QCOMPARE(tokenizer->encode("ab ab", false), (Tokens{5, 7}));
    QCOMPARE(tokenizer->encode("", false), Tokens());
}

void TokenizerTest::piecesAreMergedByScore()
{
    const auto tokenizer = createTokenizer(sentencepieceSample());

    QCOMPARE(tokenizer->encode("ab", false), (Tokens{263}));
    QCOMPARE(tokenizer->encode("aab", false), (Tokens{259, 260, 262}));
    QCOMPARE(tokenizer->encode("", false), Tokens());
}

void TokenizerTest::controlTokensInTextNeedPermission()
{
    const auto bpe = createTokenizer(byteLevelSample());
    const auto pieces = createTokenizer(sentencepieceSample());

    QCOMPARE(bpe->encode("a<|im_end|>b", true), (Tokens{0, 8, 1}));
    QCOMPARE(pieces->encode("ab<|end|>", true), (Tokens{263, 265}));
    for (const Token token : bpe->encode("a<|im_end|>b", false))
        QVERIFY(token != 8);
    for (const Token token : pieces->encode("ab<|end|></s>", false))
        QVERIFY(token != 265 && token != 2);
    QCOMPARE(pieces->decode(pieces->encode("ab<|end|></s>", false)), std::string("ab<|end|></s>"));
}

void TokenizerTest::userDefinedTokensAreAlwaysFound()
{
    QCOMPARE(createTokenizer(byteLevelSample())->encode("a<x>b", false), (Tokens{0, 9, 1}));
    QCOMPARE(createTokenizer(sentencepieceSample())->encode("<think>ab", false),
             (Tokens{267, 263}));
}

void TokenizerTest::longestSpecialTokenWins()
{
    const auto tokenizer = createTokenizer(sentencepieceSample());

    QCOMPARE(tokenizer->encode("<|end|>more", true), (Tokens{266}));
    QCOMPARE(tokenizer->encode("<|end|><|end|>", true), (Tokens{265, 265}));
}

void TokenizerTest::controlTokensHaveNoBytes()
{
    const auto bpe = createTokenizer(byteLevelSample());
    const auto pieces = createTokenizer(sentencepieceSample());

    QCOMPARE(bpe->bytes(8), std::string());
    QCOMPARE(bpe->bytes(8, true), std::string("<|im_end|>"));
    QCOMPARE(bpe->bytes(7), std::string(" ab"));
    QCOMPARE(pieces->bytes(265), std::string());
    QCOMPARE(pieces->bytes(265, true), std::string("<|end|>"));
    QCOMPARE(pieces->bytes(263), std::string(" ab"));
    QCOMPARE(pieces->bytes(3 + 0xe2), std::string("\xe2"));
}

void TokenizerTest::spaceInFrontIsTakenAwayAgain()
{
    const auto tokenizer = createTokenizer(sentencepieceSample());

    for (const char* text : {"ab", " ab", "  ab", "ab ", " ", "   "})
        QCOMPARE(tokenizer->decode(tokenizer->encode(text, false)), std::string(text));
    const std::string turns = "ab<|end|>ab<|end|> ab";
    QCOMPARE(tokenizer->decode(tokenizer->encode(turns, true), true), turns);
}

void TokenizerTest::noSpaceIsAddedWhereTheFileSaysSo()
{
    Metadata metadata = sentencepieceSample();
    metadata.set("tokenizer.ggml.add_space_prefix", false);
    const auto tokenizer = createTokenizer(metadata);

    QCOMPARE(tokenizer->encode("ab", false), (Tokens{262}));
    QCOMPARE(tokenizer->decode(tokenizer->encode(" ab", false)), std::string(" ab"));
}

void TokenizerTest::unknownCharactersAreSpelledInBytes()
{
    const auto tokenizer = createTokenizer(sentencepieceSample());

    QCOMPARE(tokenizer->encode("\xe2\x82\xac", false), (Tokens{259, 3 + 0xe2, 3 + 0x82, 3 + 0xac}));
    const std::string withZero("a\0b", 3);
    QCOMPARE(tokenizer->decode(tokenizer->encode(withZero, false)), withZero);
}

void TokenizerTest::invalidTextIsReadAsReplacementCharacters()
{
    const auto gpt2 = createTokenizer(openModelFile(carried("gpt-2"))->metadata());
    const auto llama = createTokenizer(openModelFile(carried("llama-spm"))->metadata());

    for (const auto& tokenizer : {gpt2.get(), llama.get()})
        QCOMPARE(tokenizer->decode(tokenizer->encode("a\xff\xe2\x82", false)),
                 std::string("a\xef\xbf\xbd\xef\xbf\xbd"));
}

void TokenizerTest::repliesEndWithEosAndItsLike()
{
    Metadata metadata = byteLevelSample();
    metadata.set("tokenizer.ggml.eos_token_id", int64_t{9});
    metadata.set("tokenizer.ggml.eot_token_id", int64_t{3});
    const auto tokenizer = createTokenizer(metadata);

    QVERIFY(tokenizer->endsReply(9));
    QVERIFY(tokenizer->endsReply(3));
    QVERIFY(tokenizer->endsReply(8)); // "<|im_end|>"
    QVERIFY(!tokenizer->endsReply(0));
    QVERIFY(!tokenizer->endsReply(-1));
    QVERIFY(!tokenizer->endsReply(10));
    QCOMPARE(tokenizer->bos(), -1);
    QVERIFY(!tokenizer->addsBos());
}

void TokenizerTest::wholeWordsGoFirstForLlama3()
{
    Metadata metadata = byteLevelSample();
    metadata.set("tokenizer.ggml.pre", std::string("llama-bpe"));
    metadata.set("tokenizer.ggml.tokens",
                 Texts{"a", "b", "c", "d", "\xc4\xa0", "ab", "bc", "abc", "<|eot_id|>", "<x>"});
    metadata.set("tokenizer.ggml.merges", Texts{"b c", "a b"});

    // No merge makes "abc", yet it is a token.
    QCOMPARE(createTokenizer(metadata)->encode("abc", false), (Tokens{7}));
    metadata.set("tokenizer.ggml.pre", std::string("gpt-2"));
    QCOMPARE(createTokenizer(metadata)->encode("abc", false), (Tokens{0, 6}));
}

void TokenizerTest::chunksDoNotChangeTheTokens()
{
    const auto file = openModelFile(carried("llama-spm"));
    const auto tokenizer = createTokenizer(file->metadata());
    sentencepiece::SentencePieceProcessor library;
    const Vocabulary vocabulary(file->metadata());
    QVERIFY(library.LoadFromSerializedProto(sentencepieceModel(vocabulary, file->metadata())).ok());
    std::string text;
    while (text.size() < 40'000)
        text += "Wer reitet so spaet? The   quick\tbrown fox:\n\n{\"x\": 12345.678}; "
                "\xe4\xbd\xa0\xe5\xa5\xbd " +
            std::to_string(text.size() * 7919);

    std::vector<int> whole;
    QVERIFY(library.Encode(" " + text, &whole).ok());

    QCOMPARE(tokenizer->encode(text, false), whole);
}

void TokenizerTest::longTextsOfOneKindComeBack_data()
{
    QTest::addColumn<QByteArray>("unit");
    QTest::newRow("letters") << QByteArray("a");
    QTest::newRow("spaces") << QByteArray(" ");
    QTest::newRow("line ends") << QByteArray("\n");
    QTest::newRow("digits") << QByteArray("7");
    QTest::newRow("emoji") << QByteArray("\xf0\x9f\x98\x80");
    QTest::newRow("combining") << QByteArray("e\xcc\x81");
    QTest::newRow("punctuation") << QByteArray("=");
}

void TokenizerTest::longTextsOfOneKindComeBack()
{
    QFETCH(QByteArray, unit);
    // Anything quadratic would take minutes here. The digit is what spaces are not followed by in
    // the rules that look for trailing ones.
    const std::string text =
        unit.repeated(100'000 / static_cast<int>(unit.size())).toStdString() + "1";

    for (const char* name : {"gpt-2", "deepseek-coder", "llama-spm"}) {
        const auto tokenizer = createTokenizer(openModelFile(carried(name))->metadata());
        QVERIFY(tokenizer->decode(tokenizer->encode(text, true)) == text);
    }
}

void TokenizerTest::brokenVocabulariesAreRefused_data()
{
    QTest::addColumn<bool>("bytes"); // level, else sentencepiece
    QTest::addColumn<std::function<void(Metadata&)>>("damage");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, bool bytes, std::function<void(Metadata&)> damage,
                        const char* reason) {
        QTest::newRow(name) << bytes << std::move(damage) << reason;
    };
    const auto setting = [](const char* key, Metadata::Value value) {
        return [key, value](Metadata& m) { m.set(key, value); };
    };
    row("unigram", false, setting("tokenizer.ggml.model", std::string("t5")), "\"t5\"");
    row("word pieces", true, setting("tokenizer.ggml.model", std::string("bert")), "\"bert\"");
    row("no tokens", true, setting("tokenizer.ggml.tokens", Texts()), "no tokens");
    row("tokens of another kind", true, setting("tokenizer.ggml.tokens", int64_t{3}), "tokens\"");
    row("few kinds", true, setting("tokenizer.ggml.token_type", std::vector<int64_t>{1}),
        "kinds for 1");
    row("no such kind", true,
        setting("tokenizer.ggml.token_type", std::vector<int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 1, 7}),
        "kind 7");
    row("eos out of range", true, setting("tokenizer.ggml.eos_token_id", int64_t{10}), "eos");
    row("bos negative", true, setting("tokenizer.ggml.bos_token_id", int64_t{-1}), "bos");
    row("eot out of range", false, setting("tokenizer.ggml.eot_token_id", int64_t{4'000}), "eot");
    row("unknown cutting", true, setting("tokenizer.ggml.pre", std::string("wurst")), "\"wurst\"");
    row("half a merge", true, setting("tokenizer.ggml.merges", Texts{"ab"}), "merge 0");
    row("a merge of nothing", true, setting("tokenizer.ggml.merges", Texts{"b c", "a "}),
        "merge 1");
    row("a merge of unknown pieces", true, setting("tokenizer.ggml.merges", Texts{"a z"}),
        "merge 0");
    row("a merge to no piece", true, setting("tokenizer.ggml.merges", Texts{"a c"}), "merge 0");
    row("merges of another kind", true, setting("tokenizer.ggml.merges", true), "merges");
    row("no scores", false, setting("tokenizer.ggml.scores", std::vector<double>()), "scores");
    row("few scores", false, setting("tokenizer.ggml.scores", std::vector<double>{1.}), "scores");
    row(
        "scores beyond numbers", false,
        [](Metadata& m) {
            auto scores = *m.numbers("tokenizer.ggml.scores");
            scores[5] = std::numeric_limits<double>::infinity();
            m.set("tokenizer.ggml.scores", scores);
        },
        "score of token 5");
    row(
        "a byte is missing", false,
        [](Metadata& m) {
            auto pieces = *m.texts("tokenizer.ggml.tokens");
            pieces[3 + 0x41] = "<0xZZ>";
            m.set("tokenizer.ggml.tokens", pieces);
        },
        "<0x41>");
    row(
        "a huge piece", true,
        [](Metadata& m) {
            auto pieces = *m.texts("tokenizer.ggml.tokens");
            pieces[1] = std::string(5'000, 'b');
            m.set("tokenizer.ggml.tokens", pieces);
        },
        "token 1 has 5000 bytes");
}

void TokenizerTest::brokenVocabulariesAreRefused()
{
    QFETCH(bool, bytes);
    QFETCH(std::function<void(Metadata&)>, damage);
    QFETCH(QString, reason);
    Metadata metadata = bytes ? byteLevelSample() : sentencepieceSample();
    QVERIFY(refusal(metadata).empty());

    damage(metadata);

    const std::string sentence = refusal(metadata);
    QVERIFY2(sentence.find(reason.toStdString()) != std::string::npos, sentence.c_str());
    QVERIFY(sentence.ends_with('.'));
}

void TokenizerTest::tokensThatDoNotExistAreRefused()
{
    const auto tokenizer = createTokenizer(byteLevelSample());

    QVERIFY_EXCEPTION_THROWN((void)tokenizer->bytes(10), std::out_of_range);
    QVERIFY_EXCEPTION_THROWN((void)tokenizer->piece(-1), std::out_of_range);
    QVERIFY_EXCEPTION_THROWN((void)tokenizer->decode(Tokens{0, 99}), std::out_of_range);
}

QTEST_APPLESS_MAIN(TokenizerTest)
#include "tokenizer_test.moc"
