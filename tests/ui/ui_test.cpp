#include "tests/ui/input_method.h"
#include "tests/ui/rows_model.h"

#include <QQmlEngine>
#include <QtQml/qqmlextensionplugin.h>
#include <QtQuickTest/quicktest.h>

Q_IMPORT_QML_PLUGIN(Inglenook_UiPlugin)

namespace inglenook {

/// Gives the tests the module under test and mocks in place of Inglenook.App.
class Setup : public QObject {
    Q_OBJECT

public slots:
    // Compiled for the real controllers, the components' bindings would refuse the mocks.
    void applicationAvailable() { qputenv("QML_DISABLE_DISK_CACHE", "1"); }

    void qmlEngineAvailable(QQmlEngine* engine)
    {
        qmlRegisterType<RowsModel>("InglenookTest", 1, 0, "RowsModel");
        qmlRegisterType<InputMethod>("InglenookTest", 1, 0, "InputMethod");
        engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
        engine->addImportPath(QStringLiteral(INGLENOOK_MOCKS_DIR));
    }
};

} // namespace inglenook

QUICK_TEST_MAIN_WITH_SETUP(ui, inglenook::Setup)

#include "ui_test.moc"
