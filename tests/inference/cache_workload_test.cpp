#include "inference/generation/stop_rules.h"
#include "inference/session.h"
#include "tests/models/chat_workload.h"
#include "tests/support/tested_devices.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <nlohmann/json.hpp>

using namespace inglenook;
using namespace inglenook::tests;
using nlohmann::json;

namespace {

constexpr int kAnswerMs = 60000;

/// How many operations the tests do; INGLENOOK_CACHE_OPERATIONS for long runs.
int operations(int usual)
{
    const int asked = qEnvironmentVariableIntValue("INGLENOOK_CACHE_OPERATIONS");
    return asked > 0 ? asked : usual;
}

/// One process with an engine and a cache on disk.
class Worker {
public:
    Worker(std::string device, QString folder, uint64_t quota)
        : m_device(std::move(device))
        , m_folder(std::move(folder))
        , m_quota(quota)
    {
    }
    ~Worker() { close(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void send(const json& line)
    {
        if (m_process && m_process->state() == QProcess::NotRunning)
            died(); // in the meantime
        if (!m_process)
            start();
        m_process->write(QByteArray::fromStdString(line.dump() + "\n"));
    }

    /// The answer to the last question; that it died, if it did.
    [[nodiscard]] json answer()
    {
        while (!m_process->canReadLine()) {
            if (m_process->waitForReadyRead(kAnswerMs))
                continue;
            if (m_process->state() != QProcess::NotRunning)
                return {{"error", "the worker does not answer"}};
            died();
            return {{"died", true}};
        }
        return json::parse(m_process->readLine().toStdString());
    }

    /// As if the program was closed.
    void close()
    {
        if (!m_process)
            return;
        m_process->closeWriteChannel();
        m_process->waitForFinished(kAnswerMs);
        m_process.reset();
    }

    /// As if the power was cut.
    void kill(int afterMs)
    {
        if (!m_process)
            return;
        m_process->waitForFinished(afterMs);
        m_process->kill();
        m_process->waitForFinished(kAnswerMs);
        m_process.reset();
    }

    /// How often it died by itself.
    [[nodiscard]] int deaths() const { return m_deaths; }

private:
    void died()
    {
        m_process.reset();
        ++m_deaths;
    }

    void start()
    {
        m_process = std::make_unique<QProcess>();
        m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process->start(INGLENOOK_CACHE_WORKER,
                         {INGLENOOK_STARTER_MODEL, QString::fromStdString(m_device), m_folder,
                          QString::number(m_quota)});
    }

    std::string m_device;
    QString m_folder;
    uint64_t m_quota;
    std::unique_ptr<QProcess> m_process;
    int m_deaths = 0;
};

json lineOf(const ReplyRequest& request)
{
    json messages = json::array();
    for (const ChatMessage& message : request.messages)
        messages.push_back({message.role, message.text});
    return {{"op", "ask"},
            {"id", request.id},
            {"messages", messages},
            {"seed", request.sampling.seed},
            {"temperature", request.sampling.temperature},
            {"max_tokens", request.maxTokens},
            {"conversation", request.conversation}};
}

/// Answers with an empty cache, and knows what an ideal cache could have reused.
class Oracle {
public:
    explicit Oracle(const std::string& device)
        : m_session({.path = INGLENOOK_STARTER_MODEL,
                     .device = device,
                     .threads = 1,
                     .contextTokens = 1024,
                     .draft = "none"})
    {
    }

    struct Answer {
        std::string text;
        int promptTokens = 0;
        int reusable = 0; // by a cache that forgets nothing
    };
    [[nodiscard]] Answer answer(const ReplyRequest& request)
    {
        const std::vector<Token> prompt = m_session.promptOf(request.messages);
        Answer answer{.promptTokens = static_cast<int>(prompt.size())};
        for (const auto& [conversation, seen] : m_seen) {
            const auto differs =
                std::mismatch(prompt.begin(), prompt.end() - 1, seen.begin(), seen.end()).first;
            answer.reusable = std::max(answer.reusable, static_cast<int>(differs - prompt.begin()));
        }
        m_session.forgetCache();
        StopRules rules(m_session.tokenizer(), {.maxTokens = request.maxTokens});
        const auto reply =
            m_session.generateOn(prompt, request.sampling, request.maxTokens, [&](Token token) {
                const StopRules::Verdict verdict = rules.accept(token, false);
                answer.text += verdict.text;
                return !verdict.ended;
            });
        answer.text += rules.finish();

        std::vector<Token> all = prompt;
        all.insert(all.end(), reply.tokens.begin(), reply.tokens.end());
        m_seen.emplace(request.conversation, std::move(all));
        return answer;
    }

    void forget(const std::string& conversation) { m_seen.erase(conversation); }

private:
    Session m_session;
    std::multimap<std::string, std::vector<Token>> m_seen; // by conversation
};

} // namespace

/// Whatever happens to conversations and to the program: each answer is the one that an empty cache
/// gives, token for token.
class CacheWorkloadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersDoNotDependOnTheCache_data();
    void answersDoNotDependOnTheCache();
};

void CacheWorkloadTest::answersDoNotDependOnTheCache_data()
{
    QTest::addColumn<std::string>("device");
    QTest::addColumn<qulonglong>("quota");
    QTest::addColumn<int>("killsPercent");
    QTest::addColumn<bool>("second"); // a second program on the same folder asks too

    constexpr qulonglong kPlenty = qulonglong{1} << 30;
    constexpr qulonglong kScarce = qulonglong{6} << 20; // some thirty pages
    QTest::newRow("cpu") << std::string("cpu") << kPlenty << 0 << false;
    QTest::newRow("cpu, killed") << std::string("cpu") << kPlenty << 15 << false;
    QTest::newRow("cpu, little space") << std::string("cpu") << kScarce << 5 << false;
    QTest::newRow("cpu, two programs") << std::string("cpu") << kPlenty << 5 << true;
    const auto usable = [](const TestedDevice& d) {
        return d.id.kind == DeviceKind::Vulkan && d.problem.empty();
    };
    if (std::ranges::any_of(testedDevices(), usable))
        QTest::newRow("vulkan, killed") << std::string("vulkan") << kPlenty << 5 << false;
}

void CacheWorkloadTest::answersDoNotDependOnTheCache()
{
    QFETCH(std::string, device);
    QFETCH(qulonglong, quota);
    QFETCH(int, killsPercent);
    QFETCH(bool, second);

    QTemporaryDir folder;
    Worker worker(device, folder.filePath("pages"), quota);
    Worker other(device, folder.filePath("pages"), quota);
    Oracle oracle(device);
    ChatWorkload workload(QTest::currentDataTag()[0] + killsPercent);
    std::mt19937 random(7);
    int64_t reused = 0;
    int64_t reusable = 0;
    int64_t promptTokens = 0;
    const int count = operations(device == "cpu" ? 30 : 10);
    for (int i = 1; i <= count; ++i) {
        ChatWorkload::Operation operation = workload.next();
        if (operation.kind == ChatWorkload::Operation::Restart) {
            worker.close();
            continue;
        }
        if (operation.kind == ChatWorkload::Operation::Delete) {
            worker.send({{"op", "delete"}, {"conversation", operation.conversation}});
            oracle.forget(operation.conversation);
            continue;
        }
        operation.request.id = static_cast<ReplyId>(i);
        const Oracle::Answer expected = oracle.answer(operation.request);
        Worker& asked = second && random() % 3 == 0 ? other : worker;
        const bool kills = static_cast<int>(random() % 100) < killsPercent;
        const bool atWrite = kills && random() % 2 == 0;
        if (atWrite) // of what is kept of this question, or of one of the next
            asked.send({{"op", "die"}, {"writes", 1 + random() % 8}, {"bytes", random() % 200000}});
        asked.send(lineOf(operation.request));
        if (kills && !atWrite) {
            asked.kill(static_cast<int>(random() % 400));
            asked.send(lineOf(operation.request));
        }
        json answer = asked.answer();
        if (answer.contains("died")) {
            asked.send(lineOf(operation.request));
            answer = asked.answer();
        }
        QVERIFY2(!answer.contains("error"), answer.dump().c_str());
        QVERIFY2(answer["text"] == expected.text,
                 ("operation " + std::to_string(i) + ": \"" + answer["text"].get<std::string>() +
                  "\", not \"" + expected.text + "\"")
                     .c_str());
        QCOMPARE(answer["prompt"].get<int>(), expected.promptTokens);
        // a worker that was killed may have kept some of the same prompt before
        reused += std::min(answer["reused"].get<int>(), expected.reusable);
        reusable += expected.reusable;
        promptTokens += expected.promptTokens;
        workload.answered(expected.text);
    }
    qInfo("%d operations: %lld of %lld prompt tokens reused, %.1f %% of what an ideal cache could, "
          "%d deaths in the middle of a write",
          count, static_cast<long long>(reused), static_cast<long long>(promptTokens),
          100. * static_cast<double>(reused) / static_cast<double>(std::max<int64_t>(1, reusable)),
          worker.deaths() + other.deaths());
    QVERIFY(reused > 0);
}

QTEST_GUILESS_MAIN(CacheWorkloadTest)
#include "cache_workload_test.moc"
