#include "app/chat_controller.h"
#include "app/conversation_controller.h"
#include "app/conversation_list_model.h"
#include "app/message_blocks.h"
#include "app/message_list_model.h"
#include "app/model_controller.h"
#include "app/model_list_model.h"
#include "app/settings_controller.h"
#include "tests/ui/rows_model.h"

#include <QMetaMethod>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QSet>
#include <QTest>

#include <memory>

using namespace inglenook;

/// The mocks of the Quick Tests promise no more and no less than the controllers they stand for.
class MocksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void mockHasEveryProperty_data() { addControllers(); }
    void mockHasEveryProperty();
    void mockHasEveryInvokable_data() { addControllers(); }
    void mockHasEveryInvokable();
    void mockSignalsExist_data() { addControllers(); }
    void mockSignalsExist();
    void enumeratorsHaveTheSameValues_data();
    void enumeratorsHaveTheSameValues();
    void mockRowsHaveTheRolesOfTheModel();

private:
    static void addControllers();
    std::unique_ptr<QObject> mock(const QString& name);
    QStringList rolesOf(QObject* rows) const;

    QQmlEngine m_engine;
};

namespace {

// What QML sees of a type: its own numbers and texts stay, the rest has one name each.
QByteArray kindOf(const QMetaProperty& property)
{
    if (property.isEnumType())
        return "int";
    const QByteArray type = property.typeName();
    if (type == "qint64" || type == "qlonglong")
        return "double";
    if (type == "QStringList" || type == "QVariant" || type == "QVariantMap")
        return "var";
    return type.endsWith('*') ? "object" : type;
}

QStringList sorted(const QList<QByteArray>& names)
{
    QStringList result;
    for (const QByteArray& name : names)
        result.append(QString::fromUtf8(name));
    result.sort();
    return result;
}

} // namespace

void MocksTest::initTestCase()
{
    qmlRegisterType<RowsModel>("InglenookTest", 1, 0, "RowsModel");
}

void MocksTest::addControllers()
{
    QTest::addColumn<const QMetaObject*>("real");
    for (const QMetaObject* real :
         {&ChatController::staticMetaObject, &ConversationController::staticMetaObject,
          &ModelController::staticMetaObject, &SettingsController::staticMetaObject})
        QTest::newRow(QByteArray(real->className()).replace("inglenook::", "")) << real;
}

std::unique_ptr<QObject> MocksTest::mock(const QString& name)
{
    const QString path = QStringLiteral(INGLENOOK_MOCKS_DIR "/Inglenook/App/%1.qml").arg(name);
    QQmlComponent component(&m_engine, QUrl::fromLocalFile(path));
    std::unique_ptr<QObject> object(component.create());
    if (!object)
        qWarning() << component.errorString();
    return object;
}

void MocksTest::mockHasEveryProperty()
{
    QFETCH(const QMetaObject*, real);
    const auto object = mock(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(object);

    for (int i = real->propertyOffset(); i < real->propertyCount(); ++i) {
        const QMetaProperty wanted = real->property(i);
        const int index = object->metaObject()->indexOfProperty(wanted.name());
        QVERIFY2(index >= 0, wanted.name());
        const QMetaProperty mocked = object->metaObject()->property(index);
        QVERIFY2(kindOf(mocked) == kindOf(wanted), wanted.name());
    }
}

void MocksTest::mockHasEveryInvokable()
{
    QFETCH(const QMetaObject*, real);
    const auto object = mock(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(object);
    QHash<QByteArray, int> mocked; // arguments of each function
    for (int i = 0; i < object->metaObject()->methodCount(); ++i) {
        const QMetaMethod method = object->metaObject()->method(i);
        mocked.insert(method.name(), method.parameterCount());
    }

    for (int i = real->methodOffset(); i < real->methodCount(); ++i) {
        const QMetaMethod wanted = real->method(i);
        if (wanted.methodType() != QMetaMethod::Method)
            continue;
        QVERIFY2(mocked.contains(wanted.name()), wanted.name());
        QVERIFY2(mocked[wanted.name()] == wanted.parameterCount(), wanted.name());
    }
}

void MocksTest::mockSignalsExist()
{
    QFETCH(const QMetaObject*, real);
    const auto object = mock(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(object);
    QHash<QByteArray, int> known;
    for (int i = real->methodOffset(); i < real->methodCount(); ++i)
        known.insert(real->method(i).name(), real->method(i).parameterCount());
    const QMetaObject* meta = object->metaObject();
    QSet<int> ofProperties;
    for (int i = meta->propertyOffset(); i < meta->propertyCount(); ++i)
        ofProperties.insert(meta->property(i).notifySignalIndex());

    for (int i = meta->methodOffset(); i < meta->methodCount(); ++i) {
        const QMetaMethod method = meta->method(i);
        if (method.methodType() != QMetaMethod::Signal || ofProperties.contains(i))
            continue;
        QVERIFY2(known.contains(method.name()), method.name());
        QVERIFY2(known[method.name()] == method.parameterCount(), method.name());
    }
}

void MocksTest::enumeratorsHaveTheSameValues_data()
{
    QTest::addColumn<const QMetaObject*>("real");
    for (const QMetaObject* real :
         {&ChatController::staticMetaObject, &ModelController::staticMetaObject,
          &SettingsController::staticMetaObject, &MessageListModel::staticMetaObject,
          &MessageBlocks::staticMetaObject})
        QTest::newRow(QByteArray(real->className()).replace("inglenook::", "")) << real;
}

void MocksTest::enumeratorsHaveTheSameValues()
{
    QFETCH(const QMetaObject*, real);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    m_engine.addImportPath(QStringLiteral(INGLENOOK_MOCKS_DIR));

    int compared = 0;
    for (int i = real->enumeratorOffset(); i < real->enumeratorCount(); ++i) {
        const QMetaEnum wanted = real->enumerator(i);
        if (QByteArray(wanted.name()) == "Role")
            continue;
        for (int k = 0; k < wanted.keyCount(); ++k) {
            QQmlComponent component(&m_engine);
            component.setData(QStringLiteral("import QtQml\nimport \"%1/Inglenook/App\" as Mocks\n"
                                             "QtObject { property int value: Mocks.%2.%3.%4 }")
                                  .arg(QUrl::fromLocalFile(INGLENOOK_MOCKS_DIR).toString(), name,
                                       QString::fromLatin1(wanted.name()),
                                       QString::fromLatin1(wanted.key(k)))
                                  .toUtf8(),
                              QUrl());
            const std::unique_ptr<QObject> object(component.create());
            QVERIFY2(object, qPrintable(component.errorString()));
            QCOMPARE(object->property("value").toInt(), wanted.value(k));
            ++compared;
        }
    }
    QVERIFY(compared > 1);
}

QStringList MocksTest::rolesOf(QObject* rows) const
{
    const auto* model = qobject_cast<RowsModel*>(rows);
    return model ? sorted(model->roleNames().values()) : QStringList();
}

void MocksTest::mockRowsHaveTheRolesOfTheModel()
{
    const auto chat = mock(QStringLiteral("ChatController"));
    const auto conversations = mock(QStringLiteral("ConversationController"));
    const auto models = mock(QStringLiteral("ModelController"));
    QVERIFY(chat && conversations && models);
    QVariant blocks;
    QMetaObject::invokeMethod(
        chat.get(), "addAssistant", Q_RETURN_ARG(QVariant, blocks),
        Q_ARG(QVariant, QVariantList({QVariantList({0, QStringLiteral("a"), QVariantMap()})})),
        Q_ARG(QVariant, QVariantMap()));
    QMetaObject::invokeMethod(conversations.get(), "add", Q_ARG(QVariant, QStringLiteral("a")),
                              Q_ARG(QVariant, QStringLiteral("Today")),
                              Q_ARG(QVariant, QVariantMap()));
    QMetaObject::invokeMethod(models.get(), "add", Q_ARG(QVariant, QStringLiteral("a")),
                              Q_ARG(QVariant, QString()), Q_ARG(QVariant, QString()),
                              Q_ARG(QVariant, QVariantMap()));

    const auto rows = [](const auto& object, const char* property) {
        return object->property(property).template value<QObject*>();
    };
    QCOMPARE(rolesOf(rows(chat, "messages")), sorted(MessageListModel().roleNames().values()));
    QCOMPARE(rolesOf(blocks.value<QObject*>()), sorted(MessageBlocks().roleNames().values()));
    QCOMPARE(rolesOf(rows(conversations, "list")),
             sorted(ConversationListModel().roleNames().values()));
    QCOMPARE(rolesOf(rows(models, "files")), sorted(ModelListModel().roleNames().values()));
}

QTEST_GUILESS_MAIN(MocksTest)

#include "mocks_test.moc"
