#include "kernels/vulkan/cache_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace inglenook::vulkan;

class CacheFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatWasWrittenIsRead();
    void aNewFileReplacesTheOldOne();
    void anotherDriversFileIsIgnored();
    void aDamagedFileIsIgnored();
    void aFolderThatCannotBeMadeIsTolerated();

private:
    [[nodiscard]] QString folder() const { return m_folder->filePath("a/b"); }
    [[nodiscard]] QStringList files() const { return QDir(folder()).entryList(QDir::Files); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
};

namespace {

const CacheOwner kOwner{.vendor = 0x10de,
                        .device = 0x2786,
                        .driverVersion = 7,
                        .driver = {1, 2, 3},
                        .programs = {4, 5, 6}};

std::vector<std::byte> numbers(size_t count)
{
    std::vector<std::byte> data(count);
    for (size_t i = 0; i < count; ++i)
        data[i] = static_cast<std::byte>(i * 7 % 251);
    return data;
}

} // namespace

void CacheFileTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = cacheFilePath(folder().toStdString(), kOwner);
}

void CacheFileTest::whatWasWrittenIsRead()
{
    QVERIFY(readCacheFile(m_path, kOwner).empty());

    writeCacheFile(m_path, kOwner, numbers(1000));

    QCOMPARE(readCacheFile(m_path, kOwner), numbers(1000));
}

void CacheFileTest::aNewFileReplacesTheOldOne()
{
    writeCacheFile(m_path, kOwner, numbers(1000));

    writeCacheFile(m_path, kOwner, numbers(10));

    QCOMPARE(readCacheFile(m_path, kOwner), numbers(10));
    QCOMPARE(files().size(), 1); // no temporary file stays
}

void CacheFileTest::anotherDriversFileIsIgnored()
{
    writeCacheFile(m_path, kOwner, numbers(100));
    std::array<CacheOwner, 5> others;
    others.fill(kOwner);
    others[0].vendor = 0x1002;
    others[1].device = 1;
    others[2].driverVersion = 8;
    others[3].driver[15] = 1;
    others[4].programs[0] = 0;

    for (const CacheOwner& other : others)
        QVERIFY(readCacheFile(m_path, other).empty());
}

void CacheFileTest::aDamagedFileIsIgnored()
{
    writeCacheFile(m_path, kOwner, numbers(100));
    QFile file(QString::fromStdString(m_path));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QByteArray whole = file.readAll();

    for (qsizetype i = 0; i < whole.size(); ++i) {
        QByteArray damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 16);
        QVERIFY(file.resize(0) && file.seek(0) && file.write(damaged) == damaged.size());
        QVERIFY(file.flush());
        QVERIFY2(readCacheFile(m_path, kOwner).empty(), qPrintable(QString::number(i)));
        QVERIFY(file.resize(i)); // cut off at every byte
        QVERIFY(readCacheFile(m_path, kOwner).empty());
    }
    QVERIFY(file.resize(0) && file.seek(0) && file.write(whole + "x") == whole.size() + 1);
    QVERIFY(file.flush());
    QVERIFY(readCacheFile(m_path, kOwner).empty());

    writeCacheFile(m_path, kOwner, numbers(100));
    QCOMPARE(readCacheFile(m_path, kOwner), numbers(100)); // replaced
}

void CacheFileTest::aFolderThatCannotBeMadeIsTolerated()
{
    QFile inTheWay(m_folder->filePath("a"));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));

    writeCacheFile(m_path, kOwner, numbers(100));

    QVERIFY(readCacheFile(m_path, kOwner).empty());
}

QTEST_APPLESS_MAIN(CacheFileTest)
#include "cache_file_test.moc"
