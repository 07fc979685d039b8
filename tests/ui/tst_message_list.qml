import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 700
    height: 500

    Component {
        id: listType

        MessageList { anchors.fill: parent }
    }

    Component {
        id: chatType

        ChatController {}
    }

    TestCase {
        name: "MessageList"
        when: windowShown

        property ChatController chat
        property MessageList list

        function init() {
            chat = chatType.createObject(root)
            list = createTemporaryObject(listType, root, { chat: chat })
        }

        function fill(count) {
            for (let i = 0; i < count; ++i)
                chat.addAssistant([[MessageBlocks.Paragraph, "A line of an answer. ".repeat(20)]])
        }

        function atEnd() { return Math.abs(list.distanceToEnd) < 2 }

        function test_standsAtTheEndOfWhatIsShown() {
            fill(30)
            tryVerify(() => list.contentHeight > list.height)
            tryVerify(atEnd)
            verify(list.itemAtIndex(29) !== null)
        }

        function test_followsAGrowingAnswer() {
            fill(10)
            tryVerify(atEnd)
            const blocks = chat.addAssistant([[MessageBlocks.Paragraph, "begin"]], { streaming: true })
            tryVerify(atEnd)
            blocks.change(0, { text: "a longer line\n".repeat(40) })
            tryVerify(() => list.itemAtIndex(10) !== null && list.itemAtIndex(10).height > 500)
            tryVerify(atEnd)
        }

        function test_doesNotMoveWhoReadsFurtherUp() {
            fill(20)
            tryVerify(atEnd)
            list.forceActiveFocus()
            keyClick(Qt.Key_PageUp)
            verify(!list.following)
            const place = list.contentY - list.originY

            fill(3)
            waitForRendering(list)
            wait(50)

            fuzzyCompare(list.contentY - list.originY, place, 1)
            verify(!atEnd())
        }

        function test_endFollowsAgain() {
            fill(20)
            tryVerify(atEnd)
            list.forceActiveFocus()
            keyClick(Qt.Key_Home)
            verify(!list.following)
            keyClick(Qt.Key_End)
            verify(list.following)
            tryVerify(atEnd)
        }

        function test_aNewQuestionBringsTheEndBack() {
            fill(20)
            tryVerify(atEnd)
            list.scrollBy(-1000)
            verify(!list.following)
            chat.messageSent()
            tryVerify(atEnd)
        }

        function test_makesOnlyWhatIsNear() {
            fill(300)
            tryVerify(atEnd)
            let made = 0
            for (let i = 0; i < 300; ++i)
                made += list.itemAtIndex(i) !== null
            verify(made > 2)
            verify(made < 40, made)
        }

        function test_arrowsGoFromMessageToMessage() {
            fill(3)
            list.forceActiveFocus()
            keyClick(Qt.Key_Up)
            compare(list.currentIndex, 2)
            keyClick(Qt.Key_Up)
            compare(list.currentIndex, 1)
            verify(list.currentItem.current)
            keyClick(Qt.Key_Down)
            compare(list.currentIndex, 2)
            keyClick(Qt.Key_C, Qt.ControlModifier)
            compare(chat.lastCall(), ["copyMessage", 3])
        }
    }
}
