#include "app/message_tree.h"

#include "tests/support/conversations.h"

#include <QtTest/QtTest>

using namespace inglenook;

namespace {

using Ids = std::vector<int64_t>;

MessageTree twoVersions()
{
    MessageTree tree;
    tree.add(question(1, 0, "q"));
    tree.add(answer(2, 1, "first"));
    tree.add(question(3, 2, "more"));
    tree.add(answer(4, 1, "second"));
    return tree;
}

} // namespace

class MessageTreeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void latestVersionIsOnShow()
    {
        QCOMPARE(twoVersions().thread(), (Ids{1, 4}));
        QCOMPARE(twoVersions().versions(4), (Ids{2, 4}));
    }

    void chosenVersionBringsWhatIsBelow()
    {
        MessageTree tree = twoVersions();
        tree.choose(2);
        QCOMPARE(tree.thread(), (Ids{1, 2, 3}));
        tree.choose(4);
        QCOMPARE(tree.thread(), (Ids{1, 4}));
    }

    void pathIsIndependentOfTheChoice()
    {
        QCOMPARE(twoVersions().pathTo(3), (Ids{1, 2, 3}));
        QCOMPARE(twoVersions().pathTo(99), Ids{});
    }

    void removedBranchGivesWayAndComesBack()
    {
        MessageTree tree = twoVersions();
        tree.choose(2);

        std::vector<MessageRecord> removed = tree.remove(2);
        QCOMPARE(removed.size(), size_t(2));
        QCOMPARE(removed.front().id, 2);
        QCOMPARE(tree.thread(), (Ids{1, 4}));
        QVERIFY(tree.find(3) == nullptr);

        tree.restore(std::move(removed));
        QCOMPARE(tree.thread(), (Ids{1, 2, 3}));
        QCOMPARE(tree.versions(2), (Ids{2, 4}));
    }

    void keptChoiceIsShownAgain()
    {
        MessageRecord first = question(1, 0, "q");
        first.chosen = 2;
        const MessageTree tree(
            {first, answer(2, 1, "a"), answer(3, 1, "b"), question(4, 0, "other")}, 1);
        QCOMPARE(tree.thread(), (Ids{1, 2}));
        QCOMPARE(tree.chosenRoot(), 1);
    }

    void choiceThatIsGoneFallsBackToTheLatest()
    {
        MessageRecord first = question(1, 0, "q");
        first.chosen = 77;
        const MessageTree tree({first, answer(2, 1, "a"), answer(3, 1, "b")}, 55);
        QCOMPARE(tree.thread(), (Ids{1, 3}));
    }
};

QTEST_APPLESS_MAIN(MessageTreeTest)
#include "message_tree_test.moc"
