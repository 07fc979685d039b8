#include "inference/model/machine_figures.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <stdexcept>

using namespace inglenook;

namespace {

DeviceFigures card(const std::string& device, const std::string& driver = "550.1")
{
    return {.device = device,
            .name = "a card",
            .driver = driver,
            .readBandwidth = 1.5e11,
            .matmulRate = 2.25e13,
            .stepSeconds = 0.000125};
}

MachineFigures twoCards()
{
    return {.devices = {card("vulkan:0"), card("cuda:0")},
            .links = {{.first = "vulkan:0", .second = "cuda:0", .exchangeSeconds = 7e-6}}};
}

DeviceInfo infoOf(const DeviceFigures& figures)
{
    return {.id = *parseDevice(figures.device), .name = figures.name, .driver = figures.driver};
}

} // namespace

class MachineFiguresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresSurviveTheFile();
    void writingReplacesAndLeavesNothingElse();
    void damagedFileIsEmpty_data();
    void damagedFileIsEmpty();
    void folderThatCannotBeMadeIsNamed();
    void exchangedCardHasNoFigures();
    void rememberedCardForgetsLinksOfTheOldOne();
    void rememberedLinkReplacesTheOlderOne();
    void measuringGivesEveryFigure();

private:
    [[nodiscard]] std::string path() const
    {
        return m_folder.filePath("below/machine.json").toStdString();
    }

    QTemporaryDir m_folder;
};

void MachineFiguresTest::figuresSurviveTheFile()
{
    writeMachineFigures(path(), twoCards());

    const MachineFigures read = readMachineFigures(path());

    QCOMPARE(read.devices.size(), size_t{2});
    const DeviceFigures& second = read.devices[1];
    QCOMPARE(second.device, std::string("cuda:0"));
    QCOMPARE(second.name, std::string("a card"));
    QCOMPARE(second.driver, std::string("550.1"));
    QCOMPARE(second.readBandwidth, 1.5e11);
    QCOMPARE(second.matmulRate, 2.25e13);
    QCOMPARE(second.stepSeconds, 0.000125);
    QCOMPARE(read.links.size(), size_t{1});
    QCOMPARE(read.links[0].first, std::string("vulkan:0"));
    QCOMPARE(read.links[0].second, std::string("cuda:0"));
    QCOMPARE(read.links[0].exchangeSeconds, 7e-6);
}

void MachineFiguresTest::writingReplacesAndLeavesNothingElse()
{
    writeMachineFigures(path(), twoCards());
    writeMachineFigures(path(), {.devices = {card("cpu")}, .links = {}});

    QCOMPARE(readMachineFigures(path()).devices.size(), size_t{1});
    QCOMPARE(QDir(m_folder.filePath("below")).entryList(QDir::Files), QStringList{"machine.json"});
}

void MachineFiguresTest::damagedFileIsEmpty_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("truncated") << QByteArray("\"links\"") << QByteArray();
    QTest::newRow("another version")
        << QByteArray("\"version\": 1") << QByteArray("\"version\": 2");
    QTest::newRow("text for a number") << QByteArray("22500000000000.0") << QByteArray("\"fast\"");
    QTest::newRow("negative") << QByteArray("150000000000.0") << QByteArray("-1.0");
    QTest::newRow("beyond all numbers") << QByteArray("150000000000.0") << QByteArray("1e999");
    QTest::newRow("missing key") << QByteArray("\"driver\"") << QByteArray("\"diver\"");
}

void MachineFiguresTest::damagedFileIsEmpty()
{
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, to);
    writeMachineFigures(path(), twoCards());
    QFile file(QString::fromStdString(path()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray text = file.readAll();
    file.close();
    const qsizetype at = text.indexOf(from);
    QVERIFY2(at >= 0, text.constData());
    text = to.isEmpty() ? text.left(at) : text.replace(at, from.size(), to);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(text);
    file.close();

    const MachineFigures read = readMachineFigures(path());

    QVERIFY(read.devices.empty() && read.links.empty());
}

void MachineFiguresTest::folderThatCannotBeMadeIsNamed()
{
    QFile file(m_folder.filePath("file"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const std::string below = m_folder.filePath("file/machine.json").toStdString();

    try {
        writeMachineFigures(below, twoCards());
        QFAIL("it was written");
    } catch (const std::runtime_error& error) {
        QVERIFY2(QString(error.what()).contains(QString::fromStdString(below)), error.what());
    }
    QVERIFY(readMachineFigures(below).devices.empty());
}

void MachineFiguresTest::exchangedCardHasNoFigures()
{
    const MachineFigures machine = twoCards();

    QVERIFY(figuresOf(machine, infoOf(card("cuda:0"))) == &machine.devices[1]);
    QVERIFY(!figuresOf(machine, infoOf(card("cuda:0", "560.2"))));
    QVERIFY(!figuresOf(machine, infoOf(card("cuda:1"))));
    DeviceInfo other = infoOf(card("cuda:0"));
    other.name = "another card";
    QVERIFY(!figuresOf(machine, other));
}

void MachineFiguresTest::rememberedCardForgetsLinksOfTheOldOne()
{
    MachineFigures machine = twoCards();

    remember(machine, card("cuda:0"));
    remember(machine, card("cpu"));
    QCOMPARE(machine.devices.size(), size_t{3});
    QCOMPARE(machine.links.size(), size_t{1});

    remember(machine, card("cuda:0", "560.2"));
    QCOMPARE(machine.devices.size(), size_t{3});
    QCOMPARE(machine.devices[1].driver, std::string("560.2"));
    QVERIFY(machine.links.empty());
}

void MachineFiguresTest::rememberedLinkReplacesTheOlderOne()
{
    MachineFigures machine = twoCards();

    remember(machine,
             LinkFigures{.first = "cuda:0", .second = "vulkan:0", .exchangeSeconds = 1e-6});
    remember(machine, LinkFigures{.first = "cpu", .second = "vulkan:0", .exchangeSeconds = 2e-6});

    QCOMPARE(machine.links.size(), size_t{2});
    QCOMPARE(machine.links[0].exchangeSeconds, 1e-6);
    QCOMPARE(machine.links[1].first, std::string("cpu"));
}

void MachineFiguresTest::measuringGivesEveryFigure()
{
    const DeviceInfo info = describeDevice({.kind = DeviceKind::Cpu});

    const DeviceFigures figures = measureDevice(*createBackend(info.id), info);

    QCOMPARE(figures.device, std::string("cpu"));
    QCOMPARE(figures.name, info.name);
    // no machine is slower than a thousandth of what it would take to be of use, or quicker than
    // a thousand times the quickest
    QVERIFY(figures.readBandwidth > 1e7 && figures.readBandwidth < 1e14);
    QVERIFY(figures.matmulRate > 1e7 && figures.matmulRate < 1e16);
    QVERIFY(figures.stepSeconds > 1e-7 && figures.stepSeconds < 1.);
}

QTEST_APPLESS_MAIN(MachineFiguresTest)
#include "machine_figures_test.moc"
