#include "app/message_blocks.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest/QtTest>

using namespace inglenook;

class MessageBlocksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rolesCarryTheBlock()
    {
        MessageBlocks blocks;
        QAbstractItemModelTester tester(&blocks,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);

        blocks.setText("## Tea\n\n- green\n\n```sh\nls\n```\n|a|b|\n|-|-|\n");

        QCOMPARE(blocks.count(), 4);
        QCOMPARE(at(blocks, 0, MessageBlocks::KindRole), int(MessageBlocks::Heading));
        QCOMPARE(at(blocks, 0, MessageBlocks::LevelRole), 2);
        QCOMPARE(at(blocks, 0, MessageBlocks::TextRole), "Tea");
        QCOMPARE(at(blocks, 1, MessageBlocks::MarkerRole), "•");
        QCOMPARE(at(blocks, 2, MessageBlocks::LanguageRole), "sh");
        QCOMPARE(at(blocks, 3, MessageBlocks::ColumnsRole), 2);
        QCOMPARE(at(blocks, 3, MessageBlocks::CellsRole).toStringList(), (QStringList{"a", "b"}));
        QCOMPARE(at(blocks, 3, MessageBlocks::ClosedRole), true);
    }

    void kindsHaveTheNumbersOfTheParser()
    {
        QCOMPARE(int(MessageBlocks::Paragraph), int(BlockKind::Paragraph));
        QCOMPARE(int(MessageBlocks::ListItem), int(BlockKind::ListItem));
        QCOMPARE(int(MessageBlocks::Rule), int(BlockKind::Rule));
    }

    void onlyTheLastBlockChangesWhileTextArrives()
    {
        MessageBlocks blocks;
        QAbstractItemModelTester tester(&blocks,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        blocks.append("first\n\nsecond");
        QSignalSpy changes(&blocks, &QAbstractItemModel::dataChanged);
        QSignalSpy resets(&blocks, &QAbstractItemModel::modelReset);

        blocks.append(" goes on");

        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), 1);
        QCOMPARE(changes[0][1].toModelIndex().row(), 1);
        QCOMPARE(changes[0][2].value<QList<int>>(), QList<int>{MessageBlocks::TextRole});
        QCOMPARE(resets.count(), 0);
    }

    void finishedTextClosesItsLastBlock()
    {
        MessageBlocks blocks;
        blocks.append("one **two");
        QCOMPARE(at(blocks, 0, MessageBlocks::TextRole), "one two");
        QCOMPARE(at(blocks, 0, MessageBlocks::ClosedRole), false);

        blocks.finish();

        QCOMPARE(at(blocks, 0, MessageBlocks::TextRole), "one **two");
        QCOMPARE(at(blocks, 0, MessageBlocks::ClosedRole), true);
    }

    void charByCharShowsTheSameAsAtOnce()
    {
        const QString text =
            "# T\n\npara *a*\n1. x\n2. y\n\n|a|b|\n|-|-|\n|1|2|\n\n> q\n```\ncode\n";
        MessageBlocks streamed;
        QAbstractItemModelTester tester(&streamed,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (const QChar c : text)
            streamed.append(c);
        streamed.finish();
        MessageBlocks whole;
        whole.setText(text);

        QCOMPARE(streamed.count(), whole.count());
        for (int row = 0; row < whole.count(); ++row)
            for (const int role : whole.roleNames().keys())
                QCOMPARE(at(streamed, row, role), at(whole, row, role));
    }

    void shorterTextRemovesRows()
    {
        MessageBlocks blocks;
        QAbstractItemModelTester tester(&blocks,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        blocks.setText("a\n\nb\n\nc");
        blocks.setText("x");
        QCOMPARE(blocks.count(), 1);
        QCOMPARE(at(blocks, 0, MessageBlocks::TextRole), "x");
    }

private:
    static QVariant at(const MessageBlocks& blocks, int row, int role)
    {
        return blocks.data(blocks.index(row), role);
    }
};

QTEST_APPLESS_MAIN(MessageBlocksTest)
#include "message_blocks_test.moc"
