#include "storage/open_database.h"

#include "tests/support/conversations.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace inglenook;

namespace {

/// As somebody whom permissions bind, also where the tests run as root.
class AsNobody {
public:
    AsNobody()
    {
        if (::geteuid() == 0)
            m_changed = ::seteuid(65534) == 0;
    }
    ~AsNobody()
    {
        if (m_changed && ::seteuid(0) != 0)
            std::terminate();
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

private:
    bool m_changed = false;
};

void addOne(OpenedDatabase& database, int64_t id)
{
    ConversationStore store(database.connection);
    store.add(conversation(id), std::vector{question(10 * id, 0, "hello", id)});
}

} // namespace

class OpenDatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingFolderIsCreatedPrivately()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("a/b").toStdString();

        OpenedDatabase database = openDatabase(path);

        QVERIFY(database.lasting);
        QCOMPARE(database.notice, std::string());
        QCOMPARE(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    }

    void whatWasWrittenIsThereTheNextTime()
    {
        QTemporaryDir folder;
        {
            OpenedDatabase database = openDatabase(folder.path().toStdString());
            addOne(database, 1);
        }
        OpenedDatabase database = openDatabase(folder.path().toStdString());
        QCOMPARE(ConversationStore(database.connection).list().size(), size_t(1));
    }

    void secondInstanceReadsAndHarmsNothing()
    {
        QTemporaryDir folder;
        OpenedDatabase first = openDatabase(folder.path().toStdString());
        addOne(first, 1);

        OpenedDatabase second = openDatabase(folder.path().toStdString());

        QVERIFY(!second.lasting);
        QVERIFY(QString::fromStdString(second.notice)
                    .startsWith("Another Inglenook is using the folder"));
        QCOMPARE(ConversationStore(second.connection).list().size(), size_t(1));
        addOne(second, 2);
        QCOMPARE(ConversationStore(first.connection).list().size(), size_t(1));
        first.connection.check();
    }

    void damagedFileIsKeptAndReplaced_data()
    {
        QTest::addColumn<QByteArray>("damage");
        QTest::addColumn<int>("at");
        QTest::addColumn<bool>("recovers");
        QTest::newRow("no database") << QByteArray(8192, 'x') << 0 << false;
        QTest::newRow("header gone") << QByteArray(100, '\0') << 0 << true;
        QTest::newRow("first page gone") << QByteArray(4096, '\0') << 0 << true;
        QTest::newRow("schema scrambled") << QByteArray(3000, '\x5a') << 1000 << true;
    }

    void damagedFileIsKeptAndReplaced()
    {
        QFETCH(QByteArray, damage);
        QFETCH(int, at);
        QFETCH(bool, recovers);
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        {
            OpenedDatabase database = openDatabase(path);
            addOne(database, 1);
        }
        QFile file(folder.filePath("conversations.sqlite"));
        QVERIFY(file.open(recovers ? QFile::ReadWrite : QFile::WriteOnly));
        file.seek(at);
        file.write(damage);
        file.close();
        QVERIFY(file.open(QFile::ReadOnly));
        const QByteArray damaged = file.readAll();
        file.close();

        OpenedDatabase database = openDatabase(path);

        QVERIFY(database.lasting);
        QVERIFY2(database.notice.find("was damaged") != std::string::npos, database.notice.c_str());
        QFile kept(folder.filePath("conversations.sqlite.damaged-1"));
        QVERIFY(kept.open(QFile::ReadOnly));
        QCOMPARE(kept.readAll(), damaged);
        QCOMPARE(ConversationStore(database.connection).list().size(), size_t(recovers ? 1 : 0));
        addOne(database, 2); // and life goes on
    }

    void emptiedFileGetsItsLogBack()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath("conversations.sqlite");
        QTemporaryDir copies;
        {
            OpenedDatabase database = openDatabase(folder.path().toStdString());
            addOne(database, 1);
            QVERIFY(QFile::copy(path + "-wal",
                                copies.filePath("wal"))); // as a power cut would leave it
        }
        QVERIFY(QFile::resize(path, 0));
        QVERIFY(QFile::copy(copies.filePath("wal"), path + "-wal"));

        OpenedDatabase database = openDatabase(folder.path().toStdString());

        QVERIFY(database.notice.find("was damaged") != std::string::npos);
        QCOMPARE(ConversationStore(database.connection).list().size(), size_t(1));
    }

    void interruptedRecoveryIsTakenUp()
    {
        QTemporaryDir folder;
        {
            OpenedDatabase database = openDatabase(folder.path().toStdString());
            addOne(database, 1);
        }
        const QString path = folder.filePath("conversations.sqlite");
        QVERIFY(QFile::rename(path, path + ".recovered"));

        OpenedDatabase database = openDatabase(folder.path().toStdString());

        QCOMPARE(ConversationStore(database.connection).list().size(), size_t(1));
    }

    void readOnlyFolderIsReadAndSaid()
    {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        {
            OpenedDatabase database = openDatabase(path);
            addOne(database, 1);
        }
        for (const QString& name : QDir(folder.path()).entryList(QDir::Files))
            QFile::setPermissions(folder.filePath(name),
                                  QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther);
        ::chmod(path.c_str(), 0555);
        {
            const AsNobody nobody;
            OpenedDatabase database = openDatabase(path);

            QVERIFY(!database.lasting);
            QVERIFY2(database.notice.find("cannot be written") != std::string::npos,
                     database.notice.c_str());
            QCOMPARE(ConversationStore(database.connection).list().size(), size_t(1));
            addOne(database, 2);
        }
        ::chmod(path.c_str(), 0755);
    }

    void folderThatCannotBeIsSaid()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath("file"));
        QVERIFY(file.open(QFile::WriteOnly));

        OpenedDatabase database = openDatabase(folder.filePath("file/data").toStdString());

        QVERIFY(!database.lasting);
        QVERIFY2(database.notice.find("cannot be written") != std::string::npos,
                 database.notice.c_str());
        addOne(database, 1);
    }

    void newerFileIsLeftAlone()
    {
        QTemporaryDir folder;
        {
            OpenedDatabase database = openDatabase(folder.path().toStdString());
            database.connection.execute("pragma user_version = 1000");
        }
        OpenedDatabase database = openDatabase(folder.path().toStdString());

        QVERIFY(!database.lasting);
        QVERIFY2(database.notice.find("newer Inglenook") != std::string::npos,
                 database.notice.c_str());
        QVERIFY(!QFile::exists(folder.filePath("conversations.sqlite.damaged-1")));
    }

    void damageInUseIsRepaired()
    {
        QTemporaryDir folder;
        OpenedDatabase database = openDatabase(folder.path().toStdString());
        addOne(database, 1);

        repairDatabase(database);

        QVERIFY(database.lasting);
        QVERIFY(database.lock.state() == FolderLock::State::Held);
        QVERIFY(database.notice.find("1 conversation with 1 message could be recovered") !=
                std::string::npos);
        QCOMPARE(ConversationStore(database.connection).list().size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(OpenDatabaseTest)
#include "open_database_test.moc"
