// The whole program but for main(): the real window, controllers, database and engine with the
// model that ships.

#include "app/chat_controller.h"
#include "app/conversation_controller.h"
#include "app/desktop.h"
#include "app/local_engine.h"
#include "app/no_network.h"
#include "app/settings_controller.h"

#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtQml/qqmlextensionplugin.h>
#include <QtTest/QtTest>

Q_IMPORT_QML_PLUGIN(Inglenook_AppPlugin)
Q_IMPORT_QML_PLUGIN(Inglenook_UiPlugin)

using namespace inglenook;

namespace {

constexpr int kPatienceMs = 120'000; // for a busy machine with sanitizers

/// A running program.
class Program {
public:
    explicit Program(const QString& dataFolder)
        : desktop({.dataFolder = dataFolder,
                   .modelsFolder = {},
                   .starterPath = INGLENOOK_STARTER_MODEL},
                  makeLocalEngine)
    {
        const QVariantMap controllers = desktop.controllers();
        chat = controllers["chat"].value<ChatController*>();
        conversations = controllers["conversations"].value<ConversationController*>();
        models = controllers["models"].value<ModelController*>();
        settings = controllers["settings"].value<SettingsController*>();
        m_engine.setNetworkAccessManagerFactory(&m_noNetwork);
        m_engine.addImportPath("qrc:/qt/qml");
        m_engine.setInitialProperties(controllers);
        QSignalSpy ready(&desktop, &Desktop::ready);
        desktop.start();
        if (!ready.wait(kPatienceMs))
            return;
        m_engine.load(QUrl("qrc:/qt/qml/Inglenook/Ui/qml/Main.qml"));
        if (!m_engine.rootObjects().isEmpty())
            window = qobject_cast<QQuickWindow*>(m_engine.rootObjects().first());
    }

    /// The visible item of this name that takes input; the last one in the order of the tree if
    /// there are several.
    [[nodiscard]] QQuickItem* item(const QString& name) const
    {
        QQuickItem* found = nullptr;
        find(window->contentItem(), [&](QQuickItem* item) {
            if (item->objectName() == name && item->isEnabled())
                found = item;
        });
        return found;
    }

    /// Whether a text that contains this is to be seen somewhere.
    [[nodiscard]] bool shows(const QString& text) const
    {
        bool found = false;
        find(window->contentItem(), [&](QQuickItem* item) {
            found =
                found || (item->property("text").toString().contains(text) && item->opacity() > 0);
        });
        return found;
    }

    void type(const QString& text) const
    {
        for (const QChar c : text)
            QTest::keyClick(window, c.toLatin1());
    }

    /// Whether the item of this name is there and stays where it is: clicks at what still scrolls
    /// or is laid out anew miss. To be asked again and again.
    [[nodiscard]] bool rests(const QString& name)
    {
        constexpr int kTimes = 3;
        static_cast<void>(window->grabWindow()); // lays out what waits for the next frame
        QQuickItem* found = item(name);
        const QPointF place = found ? found->mapToScene(QPointF()) : QPointF(-1, -1);
        m_timesThere = found && name == m_lastName && place == m_lastPlace ? m_timesThere + 1 : 0;
        m_lastName = name;
        m_lastPlace = place;
        return m_timesThere >= kTimes;
    }

    void click(QQuickItem* item) const
    {
        const QPointF center = item->mapToScene(QPointF(item->width() / 2, item->height() / 2));
        QTest::mouseMove(window, center.toPoint());
        QTest::mouseClick(window, Qt::LeftButton, {}, center.toPoint());
    }

    [[nodiscard]] QString rowText(int row) const
    {
        return chat->messages()->rows()[size_t(row)].text;
    }

    Desktop desktop;
    ChatController* chat = nullptr;
    ConversationController* conversations = nullptr;
    ModelController* models = nullptr;
    SettingsController* settings = nullptr;
    QQuickWindow* window = nullptr;

private:
    static void find(QQuickItem* item, const std::function<void(QQuickItem*)>& visit)
    {
        if (!item->isVisible())
            return;
        visit(item);
        for (QQuickItem* child : item->childItems())
            find(child, visit);
    }

    QString m_lastName;
    QPointF m_lastPlace;
    int m_timesThere = 0;
    NoNetwork m_noNetwork;
    QQmlApplicationEngine m_engine;
};

} // namespace

class EndToEndTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(INGLENOOK_STARTER_MODEL))
            QSKIP("The starter model is not in this source tree.");
        QVERIFY(m_folder.isValid());
        qputenv("XDG_CACHE_HOME", m_folder.filePath("cache").toUtf8());
        open();
    }
    void cleanupTestCase() { m_program.reset(); }

    void windowOpensOnTheStarterModel()
    {
        QVERIFY(m_program->window);
        QVERIFY(QTest::qWaitForWindowExposed(m_program->window));
        QTRY_VERIFY_WITH_TIMEOUT(m_program->models->state() != ModelController::Loading,
                                 kPatienceMs);
        QCOMPARE(m_program->models->errorText(), "");
        QCOMPARE(m_program->models->state(), ModelController::Loaded);
        QCOMPARE(m_program->chat->state(), ChatController::Empty);
    }

    void typedQuestionIsAnswered()
    {
        ChatController& chat = *m_program->chat;
        m_program->settings->setTemperature(0.);
        QSet<int> states;
        connect(&chat, &ChatController::stateChanged, this, [&] { states.insert(chat.state()); });
        QTRY_VERIFY(m_program->item("composerInput") &&
                    m_program->item("composerInput")->hasActiveFocus());

        m_program->type("What can you do?");
        QCOMPARE(chat.draft(), "What can you do?");
        QTest::keyClick(m_program->window, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ChatController::Idle, kPatienceMs);

        QVERIFY(states.contains(ChatController::Waiting) &&
                states.contains(ChatController::Answering));
        QCOMPARE(chat.errorText(), "");
        QCOMPARE(chat.messages()->count(), 2);
        m_answer = m_program->rowText(1);
        QVERIFY(m_answer.size() > 10);
        QVERIFY(!chat.messages()->rows()[1].statusText.isEmpty());
        QTRY_VERIFY(m_program->shows(m_answer.section(u' ', 0, 2)));
        QCOMPARE(chat.draft(), "");
        chat.disconnect(this);
    }

    void escapeStopsAnAnswer()
    {
        ChatController& chat = *m_program->chat;
        // Random words hardly ever end by themselves.
        m_program->settings->setTemperature(5.);
        m_program->settings->setTopK(0);
        m_program->settings->setTopP(1.);
        m_program->settings->setMinP(0.);

        // pressed at the first word: looking again after a while may find the answer complete
        bool pressed = false;
        connect(&chat, &ChatController::stateChanged, this, [&] {
            if (chat.state() == ChatController::Answering && !pressed) {
                pressed = true;
                QTest::keyClick(m_program->window, Qt::Key_Escape);
            }
        });
        m_program->type("And then?");
        QTest::keyClick(m_program->window, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(pressed, kPatienceMs);
        chat.disconnect(this);
        QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ChatController::Idle, kPatienceMs);

        QCOMPARE(chat.messages()->count(), 4);
        QCOMPARE(chat.messages()->rows()[3].problem, "Stopped");
        QVERIFY(!m_program->rowText(3).isEmpty());
    }

    void regeneratedAnswerIsAVersion()
    {
        ChatController& chat = *m_program->chat;
        m_program->settings->setTemperature(0.);
        m_stopped = m_program->rowText(3);
        hoverLastMessage();
        QTRY_VERIFY(m_program->rests("regenerateButton"));

        m_program->click(m_program->item("regenerateButton"));
        QTRY_VERIFY_WITH_TIMEOUT(chat.busy() || chat.messages()->rows()[3].versionCount == 2,
                                 kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(chat.state(), ChatController::Idle, kPatienceMs);

        QCOMPARE(chat.messages()->count(), 4);
        QCOMPARE(chat.messages()->rows()[3].versionCount, 2);
        QVERIFY(m_program->rowText(3) != m_stopped);
    }

    void oldVersionIsOneClickAway()
    {
        const QString second = m_program->rowText(3);
        hoverLastMessage();
        QTRY_VERIFY(m_program->rests("previousVersion"));
        m_program->click(m_program->item("previousVersion"));
        QTRY_COMPARE(m_program->rowText(3), m_stopped);

        hoverLastMessage();
        QTRY_VERIFY(m_program->rests("nextVersion"));
        m_program->click(m_program->item("nextVersion"));
        QTRY_COMPARE(m_program->rowText(3), second);
    }

    void conversationIsThereAfterARestart()
    {
        std::vector<MessageRow> before = m_program->chat->messages()->rows();
        m_program.reset();
        open();
        QVERIFY(m_program->window);
        QVERIFY(QTest::qWaitForWindowExposed(m_program->window));
        QTRY_COMPARE(m_program->conversations->list()->count(), 1);
        QCOMPARE(m_program->settings->temperature(), 0.);

        // found by a word of the question, typed into the search box
        QTest::keyClick(m_program->window, Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(m_program->item("searchField") &&
                    m_program->item("searchField")->hasActiveFocus());
        m_program->type("xylophone");
        QTRY_COMPARE(m_program->conversations->list()->count(), 0);
        for (int i = 0; i < 9; ++i)
            QTest::keyClick(m_program->window, Qt::Key_Backspace);
        m_program->type("what ca");
        QTRY_COMPARE(m_program->conversations->searchText(), "what ca");
        QTRY_COMPARE(m_program->conversations->list()->count(), 1);

        QQuickItem* list = m_program->item("conversationList");
        QVERIFY(list);
        QQuickItem* row = nullptr;
        QTRY_VERIFY(QMetaObject::invokeMethod(list, "itemAtIndex", Q_RETURN_ARG(QQuickItem*, row),
                                              Q_ARG(int, 0)) &&
                    row);
        m_program->click(row);
        QTRY_COMPARE(m_program->chat->messages()->count(), 4);

        const std::vector<MessageRow>& after = m_program->chat->messages()->rows();
        for (size_t i = 0; i < after.size(); ++i) {
            QCOMPARE(after[i].text, before[i].text);
            QCOMPARE(after[i].versionIndex, before[i].versionIndex);
            QCOMPARE(after[i].versionCount, before[i].versionCount);
            QCOMPARE(after[i].statusText, before[i].statusText);
        }
        QTRY_VERIFY(m_program->shows("What can you do?"));
    }

    void chattingGoesOnWhereTheCacheCannotBeWritten()
    {
        m_program.reset();
        const QString pages = m_folder.filePath("cache/inglenook/pages");
        QVERIFY(QDir(pages).removeRecursively());
        QFile inTheWay(pages);
        QVERIFY(inTheWay.open(QFile::WriteOnly));
        open();
        QVERIFY(m_program->window);

        m_program->chat->send("What can you do?");
        QTRY_COMPARE_WITH_TIMEOUT(m_program->chat->state(), ChatController::Idle, kPatienceMs);

        QVERIFY(!m_program->rowText(1).isEmpty());
        QCOMPARE(m_program->chat->messages()->rows()[1].problem, "");
        QVERIFY2(m_program->models->cacheTrouble().contains(pages),
                 qPrintable(m_program->models->cacheTrouble()));
        QTRY_VERIFY(m_program->item("cacheTrouble"));
        QVERIFY(m_program->shows("Chatting goes on"));
    }

private:
    void open()
    {
        m_program = std::make_unique<Program>(m_folder.path());
        if (m_program->window)
            m_program->window->requestActivate();
    }

    /// Its buttons show under the pointer.
    void hoverLastMessage() const
    {
        QQuickItem* list = m_program->item("messageList");
        QVERIFY(list);
        QQuickItem* last = nullptr;
        QTRY_VERIFY(
            QMetaObject::invokeMethod(list, "itemAtIndex", Q_RETURN_ARG(QQuickItem*, last),
                                      Q_ARG(int, m_program->chat->messages()->count() - 1)) &&
            last);
        const QPointF center = last->mapToScene(QPointF(last->width() / 2, last->height() / 2));
        QTest::mouseMove(m_program->window, center.toPoint() - QPoint(0, 2));
        QTest::mouseMove(m_program->window, center.toPoint());
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Program> m_program;
    QString m_answer;
    QString m_stopped;
};

QTEST_MAIN(EndToEndTest)
#include "end_to_end_test.moc"
