#include "storage/page_file.h"

#include "storage/database.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <random>

using namespace inglenook;

namespace {

std::map<int64_t, std::vector<PageValue>> rowsOf(const std::string& path, size_t columns)
{
    std::map<int64_t, std::vector<PageValue>> rows;
    PageFile(path).forEachRow([&](const PageRow& row) {
        if (row.values.size() == columns)
            rows.emplace(row.id, row.values);
    });
    return rows;
}

} // namespace

class PageFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfValueIsRead()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("d.sqlite").toStdString();
        const std::vector<int64_t> numbers{0,
                                           1,
                                           -1,
                                           127,
                                           -129,
                                           40'000,
                                           -8'000'000,
                                           2'000'000'000,
                                           -140'000'000'000,
                                           9'007'199'254'740'993,
                                           INT64_MIN};
        const std::string longText(100'000, 'q'); // over many pages
        {
            Connection connection(path);
            connection.execute("create table t (id integer primary key, a, b, c)");
            for (size_t i = 0; i < numbers.size(); ++i)
                connection.prepare("insert into t values (?, ?, ?, ?)")
                    .bind(1, int64_t(i) - 2)
                    .bind(2, numbers[i])
                    .bind(3, 0.5 + double(i))
                    .bind(4, i == 3 ? longText : "short")
                    .run();
        }

        const auto rows = rowsOf(path, 4);

        QCOMPARE(rows.size(), numbers.size());
        for (size_t i = 0; i < numbers.size(); ++i) {
            const std::vector<PageValue>& row = rows.at(int64_t(i) - 2);
            QCOMPARE(std::get<int64_t>(row[1]), numbers[i]);
            QCOMPARE(std::get<double>(row[2]), 0.5 + double(i));
            QCOMPARE(std::get<std::string>(row[3]), i == 3 ? longText : std::string("short"));
        }
    }

    void logBesideTheFileCounts()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("d.sqlite").toStdString();
        Connection connection(path);
        connection.execute("create table t (id integer primary key, a, b, c, d, e)");
        connection.execute("insert into t values (1, 2, 3, 4, 5, 6)");

        QCOMPARE(rowsOf(path, 6).size(), size_t(1)); // not yet in the file itself
    }

    void nonsenseIsReadWithoutHarm()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath("d.sqlite");
        {
            Connection connection(path.toStdString());
            connection.execute("create table t (id integer primary key, a text)");
            for (int i = 0; i < 200; ++i)
                connection.prepare("insert into t (a) values (?)")
                    .bind(1, std::string(size_t(i) * 97, 'x'))
                    .run();
        }
        QFile file(path);
        QVERIFY(file.open(QFile::ReadOnly));
        const QByteArray sound = file.readAll();
        file.close();
        std::mt19937 random(7);
        for (int round = 0; round < 60; ++round) {
            QByteArray damaged = sound;
            for (int i = 0; i < 200; ++i)
                damaged[qsizetype(random() % size_t(damaged.size()))] = char(random());
            damaged.truncate(qsizetype(random() % size_t(damaged.size())));
            QVERIFY(file.open(QFile::WriteOnly));
            file.write(damaged);
            file.close();

            rowsOf(path.toStdString(), 2); // the sanitizers judge
        }
    }
};

QTEST_APPLESS_MAIN(PageFileTest)
#include "page_file_test.moc"
