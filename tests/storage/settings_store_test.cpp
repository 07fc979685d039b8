#include "storage/settings_store.h"
#include "tests/support/conversations.h"

#include <QtTest/QtTest>

using namespace inglenook;

class SettingsStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lastValueOfAKeyStays()
    {
        Connection connection = memoryDatabase();
        SettingsStore settings(connection);

        settings.set("theme", "1", 10);
        settings.set("systemPrompt", "Be 'brief'; \xe2\x98\x95", 20);
        settings.set("theme", "2", 30);

        const std::map<std::string, std::string> expected{
            {"systemPrompt", "Be 'brief'; \xe2\x98\x95"}, {"theme", "2"}};
        QVERIFY(settings.all() == expected);
    }
};

QTEST_APPLESS_MAIN(SettingsStoreTest)
#include "settings_store_test.moc"
