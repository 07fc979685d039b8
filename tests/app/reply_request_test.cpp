#include "app/reply_request.h"

#include "tests/support/conversations.h"

#include <QtTest/QtTest>

using namespace inglenook;

namespace {

QString brief(const ReplyRequest& request)
{
    QStringList parts;
    for (const ChatMessage& message : request.messages)
        parts.append(QString::fromStdString(message.role).left(1) + u':' +
                     QString::fromStdString(message.text));
    return parts.join(u' ');
}

} // namespace

class ReplyRequestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void branchDownToTheQuestionIsSent()
    {
        MessageTree tree;
        tree.add(question(1, 0, "a"));
        tree.add(answer(2, 1, "b"));
        tree.add(question(3, 2, "c"));
        tree.add(answer(4, 1, "other"));
        ChatSettings settings;

        QCOMPARE(brief(makeReplyRequest(tree, 3, settings)), "u:a a:b u:c");
        settings.systemPrompt = "S";
        QCOMPARE(brief(makeReplyRequest(tree, 1, settings)), "s:S u:a");
    }

    void questionsWithoutAnswerBecomeOne()
    {
        MessageTree tree;
        tree.add(question(1, 0, "a"));
        tree.add(answer(2, 1, ""));
        tree.add(question(3, 2, "b"));

        QCOMPARE(brief(makeReplyRequest(tree, 3, {})), "u:a\n\nb");
    }
};

QTEST_APPLESS_MAIN(ReplyRequestTest)
#include "reply_request_test.moc"
