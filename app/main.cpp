#include "app/cli/driver_guard.h"
#include "app/cli/resources.h"
#include "app/desktop.h"
#include "app/local_engine.h"
#include "app/no_network.h"
#include "app/single_instance.h"

#include <QCommandLineParser>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickStyle>
#include <QQuickWindow>
#include <QStandardPaths>
#include <QtQml/qqmlextensionplugin.h>

#include <cstdio>

Q_IMPORT_QML_PLUGIN(Inglenook_AppPlugin)
Q_IMPORT_QML_PLUGIN(Inglenook_UiPlugin)

namespace {

constexpr int kNoDisplay = 3; // tells ./dev run to chat in the terminal
constexpr int kNoWindow = 1;

bool hasDisplay(int argc, char** argv)
{
#ifdef Q_OS_LINUX
    for (int i = 1; i < argc; ++i)
        if (qstrcmp(argv[i], "-platform") == 0)
            return true;
    return !qEnvironmentVariableIsEmpty("DISPLAY") ||
        !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
        !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
#else
    return argc > 0 && argv;
#endif
}

QString starterPath()
{
    try {
        return QString::fromStdString(inglenook::starterModelPath());
    } catch (const std::exception&) {
        return {}; // the window says that no model is loaded
    }
}

inglenook::DesktopOptions readOptions(const QCoreApplication& app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Talk to language models that run on this machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption data(
        QStringLiteral("data"), QStringLiteral("Keep conversations and settings in DIR."),
        QStringLiteral("DIR"), QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    const QCommandLineOption models(QStringLiteral("models"),
                                    QStringLiteral("Look for model files in DIR."),
                                    QStringLiteral("DIR"));
    parser.addOptions({data, models});
    parser.process(app);
    return {.dataFolder = parser.value(data),
            .modelsFolder = parser.value(models),
            .starterPath = starterPath()};
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto status = inglenook::triedDriver(argc, argv))
        return *status;
    for (const std::string& sentence : inglenook::hideBrokenDrivers())
        std::fprintf(stderr, "inglenook: %s\n", sentence.c_str());
    if (!hasDisplay(argc, argv)) {
        std::fputs("There is no display for a window (DISPLAY and WAYLAND_DISPLAY are not set).\n",
                   stderr);
        return kNoDisplay;
    }
    QGuiApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("inglenook"));
    QCoreApplication::setApplicationVersion(QStringLiteral(INGLENOOK_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Inglenook"));
    QGuiApplication::setDesktopFileName(QStringLiteral("inglenook"));
    QQuickStyle::setStyle(QStringLiteral("Basic"));

    const inglenook::DesktopOptions options = readOptions(app);
    inglenook::SingleInstance instance(options.dataFolder);
    if (instance.handedOver())
        return 0;

    inglenook::Desktop desktop(options, inglenook::makeLocalEngine);
    inglenook::NoNetwork noNetwork;
    QQmlApplicationEngine engine;
    engine.setNetworkAccessManagerFactory(&noNetwork);
    engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
    engine.setInitialProperties(desktop.controllers());
    QObject::connect(&desktop, &inglenook::Desktop::ready, &engine, [&engine] {
        engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Inglenook/Ui/qml/Main.qml")));
        if (engine.rootObjects().isEmpty())
            QCoreApplication::exit(kNoWindow);
    });
    QObject::connect(&instance, &inglenook::SingleInstance::showRequested, &engine, [&engine] {
        for (QObject* object : engine.rootObjects())
            if (auto* window = qobject_cast<QQuickWindow*>(object)) {
                window->show();
                window->raise();
                window->requestActivate();
            }
    });
    desktop.start();
    return QGuiApplication::exec();
}
