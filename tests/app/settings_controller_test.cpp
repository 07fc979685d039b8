#include "app/settings_controller.h"

#include <QGuiApplication>
#include <QMetaProperty>
#include <QPalette>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include <limits>

using namespace inglenook;

class SettingsControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everySettingIsKeptReadAndReset_data()
    {
        QTest::addColumn<QVariant>("value");
        QTest::newRow("theme") << QVariant(int(SettingsController::Dark));
        QTest::newRow("textScale") << QVariant(1.35);
        QTest::newRow("sidebarVisible") << QVariant(false);
        QTest::newRow("systemPrompt") << QVariant("Be brief; \"so\".");
        QTest::newRow("temperature") << QVariant(0.1);
        QTest::newRow("topK") << QVariant(7);
        QTest::newRow("topP") << QVariant(0.3);
        QTest::newRow("minP") << QVariant(0.2);
        QTest::newRow("repeatPenalty") << QVariant(1.1);
        QTest::newRow("fixedSeed") << QVariant(true);
        QTest::newRow("seed") << QVariant(99);
        QTest::newRow("contextTokens") << QVariant(4096);
        QTest::newRow("maxTokens") << QVariant(100);
        QTest::newRow("overflow") << QVariant(int(SettingsController::ForgetMiddle));
        QTest::newRow("device") << QVariant("cpu");
        QTest::newRow("split") << QVariant("layer");
        QTest::newRow("threads") << QVariant(3);
        QTest::newRow("drafts") << QVariant(QVariantMap{{"/models/ä \"b\".gguf", "/d.gguf"}});
        QTest::newRow("keepPages") << QVariant(false);
        QTest::newRow("pageGigabytes") << QVariant(20);
        QTest::newRow("showStatistics") << QVariant(false);
    }

    void everySettingIsKeptReadAndReset()
    {
        QFETCH(QVariant, value);
        const char* key = QTest::currentDataTag();
        SettingsController settings;
        QSignalSpy saves(&settings, &SettingsController::saveRequested);
        QVERIFY(settings.isDefault(key));

        QVERIFY(settings.setProperty(key, value));
        QCOMPARE(saves.count(), 1);
        QCOMPARE(saves[0][0], key);
        QVERIFY(!settings.isDefault(key));

        SettingsController next;
        QSignalSpy nextSaves(&next, &SettingsController::saveRequested);
        next.onSettingsRead({{key, saves[0][1].toString().toStdString()}});
        QCOMPARE(next.property(key), settings.property(key));
        QCOMPARE(nextSaves.count(), 0);

        next.reset(key);
        QVERIFY(next.isDefault(key));
        QCOMPARE(nextSaves.count(), 1);
    }

    void everyWritablePropertyIsInTheTable()
    {
        int writable = 0;
        const QMetaObject& type = SettingsController::staticMetaObject;
        for (int i = type.propertyOffset(); i < type.propertyCount(); ++i)
            writable += type.property(i).isWritable() ? 1 : 0;
        QCOMPARE(writable, 21); // the rows above
    }

    void nonsenseFallsBack()
    {
        SettingsController settings;
        settings.setTemperature(std::numeric_limits<double>::quiet_NaN());
        QCOMPARE(settings.temperature(), 0.7);
        settings.setTextScale(100.);
        QCOMPARE(settings.textScale(), 2.);
        settings.setTopK(-5);
        QCOMPARE(settings.topK(), 0);
        settings.setPageGigabytes(0);
        QCOMPARE(settings.pageGigabytes(), 1);
        settings.setDevice("");
        QCOMPARE(settings.device(), "auto");

        settings.onSettingsRead(
            {{"theme", "17"}, {"threads", "many"}, {"noSuchThing", "1"}, {"objectName", "x"}});
        QCOMPARE(settings.theme(), SettingsController::Dark);
        QCOMPARE(settings.threads(), 0);
        QCOMPARE(settings.objectName(), "");
    }

    void automaticDraftIsTheDefault()
    {
        SettingsController settings;
        settings.setDraft("/a.gguf", "none");
        QVERIFY(!settings.isDefault("drafts"));
        settings.setDraft("/a.gguf", "auto");
        QVERIFY(settings.isDefault("drafts"));

        settings.onSettingsRead({{"drafts", "no map"}});
        QVERIFY(settings.isDefault("drafts"));
    }

    void resetAllBringsBackEverything()
    {
        SettingsController settings;
        settings.setTemperature(0.1);
        settings.setTheme(SettingsController::Dark);
        settings.setSystemPrompt("x");

        settings.resetAll();

        QVERIFY(settings.isDefault("temperature") && settings.isDefault("theme") &&
                settings.isDefault("systemPrompt"));
    }

    void darkFollowsTheChoiceOrTheSystem()
    {
        SettingsController settings;
        settings.setTheme(SettingsController::Dark);
        QVERIFY(settings.dark());
        settings.setTheme(SettingsController::Light);
        QVERIFY(!settings.dark());

        settings.setTheme(SettingsController::System);
        QSignalSpy changes(&settings, &SettingsController::darkChanged);
        const QPalette before = QGuiApplication::palette();
        QGuiApplication::setPalette(QPalette(Qt::black));
        QTRY_VERIFY(settings.dark());
        QCOMPARE(changes.count(), 1);
        QGuiApplication::setPalette(before);
    }

    void requestsAreShapedBySettings()
    {
        SettingsController settings;
        QSignalSpy chat(&settings, &SettingsController::chatSettingsChanged);
        QSignalSpy load(&settings, &SettingsController::loadSettingsChanged);
        settings.setTemperature(0.25);
        settings.setDevice("vulkan:0 llvmpipe");

        QCOMPARE(chat.last()[0].value<ChatSettings>().sampling.temperature, 0.25f);
        QCOMPARE(load.last()[0].value<LoadSettings>().device, "vulkan:0");

        settings.setDraft("/a.gguf", "/small.gguf");
        settings.setDraft("/b.gguf", "none");
        const QMap<QString, QString> both{{"/a.gguf", "/small.gguf"}, {"/b.gguf", "none"}};
        QCOMPARE(load.last()[0].value<LoadSettings>().drafts, both);
        settings.setKeepPages(false);
        QVERIFY(!load.last()[0].value<LoadSettings>().keepPages);
        settings.setPageGigabytes(3);
        QCOMPARE(load.last()[0].value<LoadSettings>().pageGigabytes, 3);
    }
};

QTEST_MAIN(SettingsControllerTest)
#include "settings_controller_test.moc"
