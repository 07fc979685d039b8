#include "app/cli/batch_run.h"

#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <sstream>

using namespace inglenook;
using namespace inglenook::tests;
using nlohmann::json;

namespace {

const ReplyRequest kDefaults{.sampling = {.seed = 3}, .maxTokens = 12};

std::vector<BatchAnswer> answersOf(Engine& engine, const std::string& input, int ahead)
{
    std::istringstream stream(input);
    std::vector<BatchAnswer> answers;
    BatchRun(engine, ahead, kDefaults).run(stream, [&](const BatchAnswer& answer) {
        answers.push_back(answer);
    });
    return answers;
}

const std::string kRequests = R"({"prompt": "the hello"}
{"messages": [{"role": "user", "content": "and so on"}], "max_tokens": 40, "id": "second"}
{"prompt": "a", "seed": 18446744073709551615, "temperature": 1.5, "top_k": 0, "top_p": 1}

{"prompt": "wow", "temperature": 0, "id": 70, "max_tokens": 3}
{"messages": [{"role": "system", "content": "the"}, {"role": "user", "content": "hello"}]}
{"prompt": "the hello"})";

} // namespace

class BatchRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void eachAnswerEqualsTheAnswerAlone();
    void answersComeInTheOrderOfTheInput();
    void badLinesAnswerInTheirPlace();
    void badLinesSayWhatIsWrong_data();
    void badLinesSayWhatIsWrong();
    void stopTextsAndLimitsEndAnswers();
    void answerIsAnObjectForPrograms();
    void linesAreReadUpToTheirLimit();

private:
    void load(Engine& engine)
    {
        engine.load({.path = m_path, .device = "cpu", .contextTokens = 256, .sequences = 4});
        bool loaded = false;
        while (engine.busy())
            for (const EngineEvent& event : engine.step())
                loaded = loaded || std::holds_alternative<ModelLoaded>(event);
        QVERIFY(loaded);
    }

    QTemporaryDir m_folder;
    std::string m_path;
};

void BatchRunTest::initTestCase()
{
    keepDriversLoaded();
    m_path = m_folder.filePath("tiny.gguf").toStdString();
    writeModel(*tinyModel("llama"), m_path);
}

void BatchRunTest::eachAnswerEqualsTheAnswerAlone()
{
    std::vector<BatchAnswer> alone;
    std::istringstream lines(kRequests);
    for (std::string line; std::getline(lines, line);) {
        Engine engine;
        load(engine);
        for (BatchAnswer& answer : answersOf(engine, line, 1))
            alone.push_back(std::move(answer));
    }

    Engine engine;
    load(engine);
    const std::vector<BatchAnswer> together = answersOf(engine, kRequests, 4);

    QCOMPARE(together.size(), size_t{6});
    QCOMPARE(alone.size(), together.size());
    for (size_t i = 0; i < together.size(); ++i) {
        QCOMPARE(together[i].problem, std::string());
        QVERIFY(!together[i].finished.tokens.empty());
        QVERIFY(together[i].finished.tokens == alone[i].finished.tokens);
        QCOMPARE(together[i].text, alone[i].text);
    }
    QVERIFY(together[0].finished.tokens == together[5].finished.tokens);
    QVERIFY(together[0].finished.tokens != together[2].finished.tokens);
}

void BatchRunTest::answersComeInTheOrderOfTheInput()
{
    Engine engine;
    load(engine);
    std::vector<json> ids;
    for (const BatchAnswer& answer : answersOf(engine, kRequests, 4))
        ids.push_back(answer.id);

    QVERIFY(ids == (std::vector<json>{1, "second", 3, 70, 6, 7}));
}

void BatchRunTest::badLinesAnswerInTheirPlace()
{
    Engine engine;
    load(engine);
    const std::string longPrompt(2000, 'a');
    const std::vector<BatchAnswer> answers = answersOf(engine,
                                                       "{\"prompt\": \"hello\"}\n"
                                                       "nonsense\n"
                                                       "{\"prompt\": \"" +
                                                           longPrompt +
                                                           "\", \"id\": \"long\"}\n"
                                                           "{\"prompt\": \"hello\"}\n",
                                                       4);

    QCOMPARE(answers.size(), size_t{4});
    QVERIFY(answers[0].problem.empty() && answers[3].problem.empty());
    QVERIFY(QString::fromStdString(answers[1].problem).startsWith("Line 2 "));
    QVERIFY(QString::fromStdString(answers[2].problem).contains("the context holds 256"));
    QVERIFY(jsonOf(answers[2]) ==
            (nlohmann::ordered_json{{"id", "long"}, {"error", answers[2].problem}}));
}

void BatchRunTest::badLinesSayWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no JSON") << QByteArray("{\"prompt\": ") << "not a JSON object";
    QTest::newRow("a list") << QByteArray("[1]") << "not a JSON object";
    QTest::newRow("deep") << QByteArray(100000, '[') << "not a JSON object";
    QTest::newRow("not UTF-8") << QByteArray("{\"prompt\": \"\xff\"}") << "not valid UTF-8";
    QTest::newRow("neither") << QByteArray("{}") << "either \"prompt\" or \"messages\"";
    QTest::newRow("both") << QByteArray(R"({"prompt": "a", "messages": []})")
                          << "either \"prompt\" or \"messages\"";
    QTest::newRow("empty") << QByteArray(R"({"prompt": ""})") << "prompt is empty";
    QTest::newRow("a number as prompt") << QByteArray(R"({"prompt": 5})") << "must be a text";
    QTest::newRow("no messages") << QByteArray(R"({"messages": []})") << "must be a list";
    QTest::newRow("half a message")
        << QByteArray(R"({"messages": [{"role": "user"}]})") << "must be a list";
    QTest::newRow("unknown key") << QByteArray(R"({"prompt": "a", "max_token": 5})")
                                 << "\"max_token\" is not understood";
    QTest::newRow("negative") << QByteArray(R"({"prompt": "a", "max_tokens": -1})")
                              << "whole number from 0";
    QTest::newRow("huge") << QByteArray(R"({"prompt": "a", "max_tokens": 1e30})")
                          << "whole number from 0";
    QTest::newRow("top_p") << QByteArray(R"({"prompt": "a", "top_p": 2})") << "from 0.0 to 1.0";
    QTest::newRow("seed") << QByteArray(R"({"prompt": "a", "seed": -4})") << "not negative";
    QTest::newRow("stop") << QByteArray(R"({"prompt": "a", "stop": [1]})") << "must be a text";
    QTest::newRow("id") << QByteArray(R"({"prompt": "a", "id": []})") << "\"id\" must be";
}

void BatchRunTest::badLinesSayWhatIsWrong()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, expected);

    const BatchRequest parsed = parseBatchRequest(line.toStdString(), 4, kDefaults);

    const QString problem = QString::fromStdString(parsed.problem);
    QVERIFY2(problem.contains(expected), qPrintable(problem));
    QVERIFY(problem.startsWith("Line 4 cannot be used: "));
}

void BatchRunTest::stopTextsAndLimitsEndAnswers()
{
    Engine engine;
    load(engine);
    const BatchAnswer whole =
        answersOf(engine, R"({"prompt": "hello", "max_tokens": 30, "temperature": 0})", 1).at(0);
    QCOMPARE(whole.finished.reason, StopReason::MaxTokens);
    QVERIFY(whole.text.size() > 4);

    const json line{{"prompt", "hello"},
                    {"max_tokens", 30},
                    {"temperature", 0},
                    {"stop", whole.text.substr(whole.text.size() / 2, 2)}};
    const BatchAnswer cut =
        answersOf(engine, line.dump(-1, ' ', false, json::error_handler_t::replace), 1).at(0);

    QCOMPARE(cut.finished.reason, StopReason::StopText);
    QVERIFY(whole.text.starts_with(cut.text) && cut.text.size() < whole.text.size());
}

void BatchRunTest::answerIsAnObjectForPrograms()
{
    BatchAnswer answer{.id = "a", .text = "hello"};
    answer.finished.tokens = {5, 6};
    answer.finished.reason = StopReason::MaxTokens;
    answer.finished.stats = {.promptTokens = 9,
                             .reusedTokens = 4,
                             .replyTokens = 2,
                             .droppedMessages = 1,
                             .promptSeconds = 0.5,
                             .replySeconds = 0.25};
    answer.finished.stats.speculation = {.proposed = 3, .accepted = 2};

    QCOMPARE(QByteArray::fromStdString(jsonOf(answer).dump()),
             QByteArray(R"({"id":"a","text":"hello","tokens":[5,6],"finish_reason":"length",)"
                        R"("stats":{"prompt_tokens":9,"reused_tokens":4,"proposed":3,)"
                        R"("accepted":2,"prefill_ms":500.0,"decode_ms":250.0,)"
                        R"("dropped_messages":1}})"));
}

void BatchRunTest::linesAreReadUpToTheirLimit()
{
    std::istringstream input("12345\n123456\n\nlast");
    std::string line;

    QVERIFY(readLine(input, line, 5) == LineRead::Line);
    QCOMPARE(line, std::string("12345"));
    QVERIFY(readLine(input, line, 5) == LineRead::TooLong);
    QVERIFY(readLine(input, line, 5) == LineRead::Line);
    QVERIFY(line.empty());
    QVERIFY(readLine(input, line, 5) == LineRead::Line);
    QCOMPARE(line, std::string("last"));
    QVERIFY(readLine(input, line, 5) == LineRead::End);
}

QTEST_GUILESS_MAIN(BatchRunTest)
#include "batch_run_test.moc"
