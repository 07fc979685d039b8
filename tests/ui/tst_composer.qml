import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui
import InglenookTest

Item {
    id: root

    width: 700
    height: 400

    Component {
        id: composerType

        Composer {
            width: root.width
            focus: true
        }
    }

    Component {
        id: chatType

        ChatController {}
    }

    InputMethod { id: inputMethod }

    TestCase {
        name: "Composer"
        when: windowShown

        property ChatController chat
        property Composer composer
        property Item input

        function init() {
            chat = chatType.createObject(root)
            composer = createTemporaryObject(composerType, root, { chat: chat })
            input = findChild(composer, "composerInput")
            input.forceActiveFocus()
        }

        function type(text) {
            for (const character of text)
                keyClick(character)
        }

        function test_enterSendsAndEmptiesTheBox() {
            type("hello")
            keyClick(Qt.Key_Return)
            compare(chat.calls, [["send", "hello"]])
            compare(input.text, "")
            compare(chat.draft, "")
        }

        function test_enterOnTheKeypadSends() {
            type("hi")
            keyClick(Qt.Key_Enter, Qt.KeypadModifier)
            compare(chat.lastCall(), ["send", "hi"])
        }

        function test_shiftEnterBreaksTheLine() {
            type("a")
            keyClick(Qt.Key_Return, Qt.ShiftModifier)
            type("b")
            compare(input.text, "a\nb")
            compare(chat.calls.length, 0)
        }

        function test_enterSendsNothingFromAnEmptyBox() {
            type("  ")
            keyClick(Qt.Key_Return)
            compare(chat.calls.length, 0)
        }

        function test_enterDoesNotSendWhileAnInputMethodComposes() {
            type("a")
            inputMethod.compose(input, "ni")
            keyClick(Qt.Key_Return)
            compare(chat.calls.length, 0)

            inputMethod.commit(input, "你")
            keyClick(Qt.Key_Return)
            compare(chat.lastCall()[0], "send")
            verify(chat.lastCall()[1].indexOf("你") >= 0)
        }

        function test_upInAnEmptyBoxEditsTheLastMessage() {
            chat.addUser("first try")
            keyClick(Qt.Key_Up)
            compare(input.text, "first try")
            verify(findChild(composer, "editChip").visible)

            type("!")
            keyClick(Qt.Key_Return)
            compare(chat.calls, [["editMessage", 1, "first try!"]])
            compare(input.text, "")
            verify(!findChild(composer, "editChip").visible)
        }

        function test_upMovesTheCursorWhereThereIsText() {
            chat.addUser("first try")
            type("a")
            keyClick(Qt.Key_Up)
            compare(input.text, "a")
            verify(!composer.editing)
        }

        function test_escapeLeavesTheEditAndBringsTheDraftBack() {
            chat.addUser("first try")
            type("draft")
            composer.beginEdit(1, "first try")
            compare(input.text, "first try")
            keyClick(Qt.Key_Escape)
            compare(input.text, "draft")
            verify(!composer.editing)
        }

        function test_escapeStopsARunningReply() {
            chat.state = ChatController.Answering
            keyClick(Qt.Key_Escape)
            compare(chat.calls, [["stop"]])
        }

        function test_takesTextWhileAReplyRunsAndShowsItAsAChip() {
            chat.state = ChatController.Answering
            verify(input.enabled)
            type("next")
            keyClick(Qt.Key_Return)
            compare(chat.calls, [["send", "next"]])
            const chip = findChild(composer, "queuedChip")
            verify(chip.visible)
            compare(chip.text, "next")
        }

        function test_theChipCanBeEditedAndRemoved() {
            chat.state = ChatController.Answering
            chat.queuedText = "next"
            const chip = findChild(composer, "queuedChip")
            waitForRendering(composer)
            mouseClick(findChild(chip, "editChipButton"))
            compare(input.text, "next")
            compare(chat.queuedText, "")

            chat.queuedText = "other"
            waitForRendering(composer)
            mouseClick(findChild(chip, "removeChipButton"))
            compare(chat.queuedText, "")
            verify(!chip.visible)
        }

        function test_buttonsFollowTheState() {
            const send = findChild(composer, "sendButton")
            const stop = findChild(composer, "stopButton")
            verify(send.visible && !send.enabled)
            verify(!stop.visible)

            chat.state = ChatController.Answering
            verify(stop.visible && !send.visible)
            mouseClick(stop)
            compare(chat.calls, [["stop"]])

            type("a")
            verify(stop.visible && send.visible && send.enabled)
            chat.state = ChatController.Stopping
            verify(!stop.enabled)
        }

        function test_draftGoesToAndComesFromTheConversation() {
            type("unsent")
            compare(chat.draft, "unsent")
            chat.draft = "of another chat"
            chat.conversationChanged()
            compare(input.text, "of another chat")
        }

        function test_growsWithItsLinesUpToALimit() {
            const low = composer.height
            input.text = "1\n2\n3"
            tryVerify(() => composer.height > low)
            input.text = "line\n".repeat(100)
            tryVerify(() => composer.height > 200 && composer.height < 300)
        }

        function test_textIsNeverMarkup() {
            input.text = "<b>bold</b>"
            compare(input.textFormat, TextEdit.PlainText)
            compare(input.getText(0, input.length), "<b>bold</b>")
        }
    }
}
