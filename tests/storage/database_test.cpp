#include "storage/database.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <filesystem>

using namespace inglenook;

class DatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valuesComeBackAsTheyWent()
    {
        Connection connection(":memory:");
        connection.execute("create table t (a, b, c, d)");

        const std::string text = std::string("gr\xc3\xbc\xc3\x9f' \"; drop table t; --\0 end", 31);
        connection.prepare("insert into t values (?, ?, ?, ?)")
            .bind(1, int64_t(-9'007'199'254'740'993))
            .bind(2, 0.1)
            .bind(3, text)
            .bindId(4, 0)
            .run();

        Statement row = connection.prepare("select a, b, c, d, d is null from t");
        QVERIFY(row.step());
        QCOMPARE(row.integer(0), int64_t(-9'007'199'254'740'993));
        QCOMPARE(row.real(1), 0.1);
        QCOMPARE(row.text(2), text);
        QCOMPARE(row.integer(3), 0);
        QCOMPARE(row.integer(4), 1);
        QVERIFY(!row.step());
    }

    void transactionWithoutCommitLeavesNothing()
    {
        Connection connection(":memory:");
        connection.execute("create table t (a)");

        {
            Transaction transaction(connection);
            connection.execute("insert into t values (1)");
        }
        QCOMPARE(connection.number("select count(*) from t"), 0);

        {
            Transaction transaction(connection);
            connection.execute("insert into t values (1)");
            transaction.commit();
        }
        QCOMPARE(connection.number("select count(*) from t"), 1);
    }

    void fileIsPrivateAndDurable()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("d.sqlite").toStdString();
        Connection connection(path);
        connection.execute("create table t (a)");

        using std::filesystem::perms;
        for (const char* part : {"", "-wal", "-shm"}) {
            const perms allowed = std::filesystem::status(path + part).permissions();
            QCOMPARE(allowed & (perms::group_all | perms::others_all), perms::none);
        }
        QCOMPARE(connection.prepare("pragma journal_mode").step(), true);
        QCOMPARE(connection.number("pragma synchronous"), 2);
        QCOMPARE(connection.number("pragma foreign_keys"), 1);
        QCOMPARE(connection.number("pragma trusted_schema"), 0);
    }

    void schemaCannotBeTamperedWith()
    {
        Connection connection(":memory:");
        connection.execute("create table t (a)");
        connection.execute(
            "pragma writable_schema = on"); // without effect in a defensive connection

        QVERIFY_EXCEPTION_THROWN(connection.execute("update sqlite_schema set sql = 'x'"),
                                 DatabaseError);
    }

    void faultsAreToldApart_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("word");
        QTest::newRow("damaged") << int(DatabaseFault::Damaged) << "damaged";
        QTest::newRow("full") << int(DatabaseFault::DiskFull) << "disk is full";
        QTest::newRow("missing folder") << int(DatabaseFault::ReadOnly) << "cannot be written";
        QTest::newRow("busy") << int(DatabaseFault::Busy) << "another program";
    }

    void faultsAreToldApart()
    {
        QFETCH(int, fault);
        QFETCH(QString, word);
        QTemporaryDir folder;
        const QString path = folder.filePath("d.sqlite");

        try {
            provoke(DatabaseFault(fault), path);
            QFAIL("nothing was thrown");
        } catch (const DatabaseError& error) {
            QCOMPARE(int(error.fault()), fault);
            QVERIFY2(QString(error.what()).contains(word), error.what());
            QVERIFY2(QString(error.what()).contains("d.sqlite"), error.what());
        }
    }

    void copyHoldsWhatTheOtherHolds()
    {
        Connection from(":memory:");
        from.execute("create table t (a); insert into t values (7)");
        Connection to(":memory:");
        to.execute("create table other (a)");

        to.copyFrom(from);

        QCOMPARE(to.number("select a from t"), 7);
        QCOMPARE(to.number("select count(*) from sqlite_schema"), 1);
    }

private:
    static void provoke(DatabaseFault fault, const QString& path)
    {
        switch (fault) {
        case DatabaseFault::Damaged: {
            QFile file(path);
            QVERIFY(file.open(QFile::WriteOnly));
            file.write(QByteArray(8192, 'x'));
            file.close();
            Connection connection(path.toStdString());
            break;
        }
        case DatabaseFault::DiskFull: {
            Connection connection(path.toStdString());
            connection.execute("pragma max_page_count = 2; create table t (a)");
            connection.execute("insert into t values (zeroblob(100000))");
            break;
        }
        case DatabaseFault::ReadOnly:
            Connection((path + "/nowhere/d.sqlite").toStdString());
            break;
        case DatabaseFault::Busy: {
            Connection first(path.toStdString());
            first.execute("create table t (a)");
            Connection second(path.toStdString());
            second.execute("pragma busy_timeout = 0");
            Transaction writing(first);
            Transaction waiting(second);
            break;
        }
        case DatabaseFault::Other:
            break;
        }
    }
};

QTEST_APPLESS_MAIN(DatabaseTest)
#include "database_test.moc"
