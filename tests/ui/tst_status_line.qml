import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 600
    height: 100

    Component {
        id: lineType

        StatusLine { width: root.width }
    }

    Component {
        id: chatType

        ChatController {}
    }

    Component {
        id: modelsType

        ModelController {}
    }

    TestCase {
        name: "StatusLine"
        when: windowShown

        property ChatController chat
        property StatusLine line

        function init() {
            chat = chatType.createObject(root)
            chat.state = ChatController.ReadingPrompt
            chat.promptDone = 1200
            chat.promptTotal = 8000
            line = createTemporaryObject(lineType, root, { chat: chat, models: modelsType.createObject(root) })
        }

        function whole(number) {
            return Number(number).toLocaleString(Qt.locale(), "f", 0)
        }

        function test_readingSaysHowFarItIs() {
            compare(line.sentence, "Reading, " + whole(1200) + " of " + whole(8000) + " tokens")
        }

        function test_readingSaysWhatWasNotReadAgain() {
            chat.reusedTokens = 1024
            compare(line.sentence, "Reading, " + whole(1200) + " of " + whole(8000) + " tokens, "
                                   + whole(1024) + " reused")
            line.showStatistics = false
            compare(line.sentence, "Reading, " + whole(1200) + " of " + whole(8000) + " tokens")
        }
    }
}
