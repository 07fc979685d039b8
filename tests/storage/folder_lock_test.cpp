#include "storage/folder_lock.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace inglenook;

class FolderLockTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void secondHolderIsKeptOutUntilTheFirstIsGone()
    {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        {
            const FolderLock first(path);
            QVERIFY(first.state() == FolderLock::State::Held);
            QVERIFY(FolderLock(path).state() == FolderLock::State::Taken);
        }
        QVERIFY(FolderLock(path).state() == FolderLock::State::Held);
    }

    void lockMovesWithItsOwner()
    {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        FolderLock owner;
        {
            FolderLock first(path);
            owner = std::move(first);
        }
        QVERIFY(owner.state() == FolderLock::State::Held);
        QVERIFY(FolderLock(path).state() == FolderLock::State::Taken);
    }

    void folderThatCannotBeLockedIsSaid()
    {
        QVERIFY(FolderLock("/proc/self/no such folder").state() == FolderLock::State::Unavailable);
    }
};

QTEST_APPLESS_MAIN(FolderLockTest)
#include "folder_lock_test.moc"
