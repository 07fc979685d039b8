#include "tests/models/tiny_model.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

using namespace inglenook::tests;

/// Broken drivers and absent ones, met by the whole program in a process of its own.
class DriverGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void crashingDriverIsHiddenAndNamed();
    void crashingDriverIsTriedOnce();
    void exchangedDriverIsTriedAgain();
    void noWorkingDriverIsASentence_data();
    void noWorkingDriverIsASentence();

private:
    struct Run {
        int status = -1;
        QString errors;
    };
    /// A command that asks for a device, with this driver alone.
    Run nook(const QString& device, const QString& manifest)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_CACHE_HOME", m_folder->filePath("cache"));
        environment.insert("VK_DRIVER_FILES", manifest);
        environment.insert("VK_ICD_FILENAMES", manifest);
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(NOOK,
                      {"generate", "-m", m_folder->filePath("tiny.gguf"), "-p", "hello", "-n", "1",
                       "--backend", device});
        process.waitForFinished(60000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardError())};
    }
    QString manifestOf(const QString& library)
    {
        const QString path = m_folder->filePath("driver.json");
        QFile file(path);
        [[maybe_unused]] const bool opened = file.open(QIODevice::WriteOnly);
        const QJsonObject driver{{"api_version", "1.3.0"}, {"library_path", library}};
        file.write(
            QJsonDocument(QJsonObject{{"file_format_version", "1.0.0"}, {"ICD", driver}}).toJson());
        return path;
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void DriverGuardTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    writeModel(*tinyModel("llama"), m_folder->filePath("tiny.gguf").toStdString());
}

void DriverGuardTest::crashingDriverIsHiddenAndNamed()
{
    const QString manifest = manifestOf(CRASHING_DRIVER);

    const Run any = nook("auto", manifest);
    QVERIFY2(any.status == 0, qPrintable(any.errors));
    QVERIFY2(any.errors.contains(manifest + " fails when it is tried"), qPrintable(any.errors));

    const Run named = nook("vulkan:0", manifest);
    QCOMPARE(named.status, 1);
    QVERIFY2(named.errors.contains("vulkan:0 is not in this machine"), qPrintable(named.errors));
}

void DriverGuardTest::crashingDriverIsTriedOnce()
{
    const QString manifest = manifestOf(CRASHING_DRIVER);
    QCOMPARE(nook("cpu", manifest).status, 0);
    QFile file(m_folder->filePath("cache/inglenook/drivers.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray kept = file.readAll();
    file.close();
    QVERIFY2(kept.contains("false"), kept.constData());

    // what is kept decides: were it tried, it would fail
    kept.replace("false", "true");
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(kept);
    file.close();

    const Run believed = nook("cpu", manifest);
    QCOMPARE(believed.status, 0);
    QVERIFY2(believed.errors.isEmpty(), qPrintable(believed.errors));
}

void DriverGuardTest::exchangedDriverIsTriedAgain()
{
    QCOMPARE(nook("cpu", manifestOf("/no/such/library.so")).errors, QString());

    const Run exchanged = nook("cpu", manifestOf(CRASHING_DRIVER));

    QVERIFY2(exchanged.errors.contains("fails when it is tried"), qPrintable(exchanged.errors));
}

void DriverGuardTest::noWorkingDriverIsASentence_data()
{
    QTest::addColumn<QString>("library");
    QTest::newRow("no description of a driver") << QString();
    QTest::newRow("the driver's library is missing") << "/no/such/library.so";
    QTest::newRow("the library is no driver") << NOOK;
}

void DriverGuardTest::noWorkingDriverIsASentence()
{
    QFETCH(const QString, library);
    const QString manifest =
        library.isEmpty() ? m_folder->filePath("absent.json") : manifestOf(library);

    const Run any = nook("auto", manifest);
    QVERIFY2(any.status == 0 && any.errors.isEmpty(), qPrintable(any.errors));

    const Run named = nook("vulkan", manifest);
    QCOMPARE(named.status, 1);
    QCOMPARE(named.errors.count('\n'), 1);
    QVERIFY2(named.errors.contains("vulkan:0 is not in this machine. This machine has cpu"),
             qPrintable(named.errors));
}

QTEST_GUILESS_MAIN(DriverGuardTest)
#include "driver_guard_test.moc"
