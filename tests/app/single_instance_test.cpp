#include "app/single_instance.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest/QtTest>

using namespace inglenook;

class SingleInstanceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void secondStartShowsTheFirst()
    {
        QTemporaryDir folder;
        SingleInstance first(folder.path());
        QVERIFY(!first.handedOver());
        QSignalSpy shown(&first, &SingleInstance::showRequested);

        bool handedOver = false;
        // On a thread of its own, as the second is a program of its own: it waits for the first to
        // answer.
        std::unique_ptr<QThread> other(
            QThread::create([&] { handedOver = SingleInstance(folder.path()).handedOver(); }));
        other->start();
        QVERIFY(shown.wait());
        QVERIFY(other->wait());

        QVERIFY(handedOver);
    }

    void otherFolderIsAnotherInstance()
    {
        QTemporaryDir one;
        QTemporaryDir two;
        SingleInstance first(one.path());
        QVERIFY(!first.handedOver());
        QVERIFY(!SingleInstance(two.path()).handedOver());
    }
};

QTEST_GUILESS_MAIN(SingleInstanceTest)
#include "single_instance_test.moc"
