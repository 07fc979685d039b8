import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 800
    height: 600

    Component {
        id: listType

        MessageList { anchors.fill: parent }
    }

    Component {
        id: chatType

        ChatController {}
    }

    SignalSpy {
        id: editSpy

        signalName: "editRequested"
    }

    TestCase {
        name: "MessageDelegate"
        when: windowShown

        property ChatController chat
        property MessageList list

        function init() {
            chat = chatType.createObject(root)
            list = createTemporaryObject(listType, root, { chat: chat })
            editSpy.target = list
            editSpy.clear()
        }

        function message(index) {
            tryVerify(() => list.itemAtIndex(index) !== null)
            return list.itemAtIndex(index)
        }

        // Every text item below, visible or not
        function texts(item) {
            let found = []
            if (item.textFormat !== undefined)
                found.push(item)
            for (let i = 0; i < item.children.length; ++i)
                found = found.concat(texts(item.children[i]))
            return found
        }

        function blocksOfEveryKind(text) {
            return [[MessageBlocks.Paragraph, text], [MessageBlocks.Heading, text, { level: 2 }],
                    [MessageBlocks.ListItem, text, { marker: "1." }],
                    [MessageBlocks.Code, text, { language: "html" }],
                    [MessageBlocks.Quote, text],
                    [MessageBlocks.Table, "", { cells: [text, "b", "c", "d"], columns: 2 }],
                    [MessageBlocks.Rule, ""]]
        }

        function test_noTextIsEverMarkup() {
            const evil = "<img src='http://example.org/x.png'> **bold** <b>x</b>"
            chat.addUser(evil)
            chat.addAssistant(blocksOfEveryKind(evil), { statusText: evil, problem: evil })
            let seen = 0
            for (const row of [message(0), message(1)]) {
                for (const item of texts(row)) {
                    compare(item.textFormat, Text.PlainText)
                    seen += item.text === evil
                }
            }
            // The bubble (and what measures it), six kinds of block, figures, problem
            verify(seen >= 10, seen)
        }

        function test_whatWasLeftOutIsSaidAboveTheAnswer() {
            chat.addAssistant(blocksOfEveryKind("words"), { note: "4 left out" })
            const note = findChild(message(0), "leftOutNote")
            verify(note.visible)
            compare(note.text, "4 left out")
            verify(note.y < texts(message(0)).filter(item => item.text === "words")[0].mapToItem(message(0), 0, 0).y)
            chat.addAssistant(blocksOfEveryKind("words"))
            verify(!findChild(message(1), "leftOutNote").visible)
        }

        function test_theEmberGlowsOnlyWhileItIsSeen() {
            chat.addAssistant([], { streaming: true })
            const dot = findChild(message(0), "waitingDot")
            verify(dot.glowing)
            chat.messages.change(0, { text: "Words" })
            verify(!dot.glowing)
            chat.messages.change(0, { text: "" })
            verify(dot.glowing)
            list.visible = false
            verify(!dot.glowing)
        }

        function test_eachKindOfBlockIsShown() {
            chat.addAssistant(blocksOfEveryKind("words"))
            const shown = texts(message(0)).filter(item => item.text === "words" && item.visible)
            compare(shown.length, 6)
            verify(shown.every(item => item.height > 0 && item.width > 0))
        }

        function test_userTextCanBeMarkedAndCopied() {
            chat.addUser("take a part of this")
            const words = texts(message(0)).filter(item => item.selectByMouse === true)[0]
            words.select(0, 4)
            compare(words.selectedText, "take")
            verify(words.readOnly)
        }

        function test_copyAsksForTheWholeMessage() {
            chat.addUser("hello")
            mouseMove(message(0), 10, 10)
            mouseClick(findChild(message(0), "copyButton"))
            compare(chat.calls, [["copyMessage", 1]])
        }

        function test_editOffersTheTextToTheComposer() {
            chat.addUser("hello")
            mouseClick(findChild(message(0), "editButton"))
            compare(editSpy.count, 1)
            compare(editSpy.signalArguments[0][0], 1)
            compare(editSpy.signalArguments[0][1], "hello")
        }

        function test_userMessagesAreEditedAndAnswersRegenerated() {
            chat.addUser("hello")
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]])
            verify(findChild(message(0), "editButton").visible)
            verify(!findChild(message(0), "regenerateButton").visible)
            verify(!findChild(message(1), "editButton").visible)
            mouseClick(findChild(message(1), "regenerateButton"))
            compare(chat.calls, [["regenerate", 2]])
        }

        function test_deleteAsksForTheMessage() {
            chat.addUser("hello")
            mouseClick(findChild(message(0), "deleteButton"))
            compare(chat.lastCall(), ["deleteMessage", 1])
        }

        function test_versionsAreSwitched() {
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]], { versionIndex: 1, versionCount: 3 })
            mouseClick(findChild(message(0), "previousVersion"))
            mouseClick(findChild(message(0), "nextVersion"))
            compare(chat.calls, [["selectVersion", 1, 0], ["selectVersion", 1, 2]])
        }

        function test_theFirstVersionHasNoPreviousOne() {
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]], { versionIndex: 0, versionCount: 2 })
            verify(!findChild(message(0), "previousVersion").enabled)
            verify(findChild(message(0), "nextVersion").enabled)
        }

        function test_aSingleVersionNeedsNoSwitcher() {
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]])
            verify(!findChild(message(0), "nextVersion").visible)
        }

        function test_figuresAreShownOnRequestOnly() {
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]], { statusText: "18 tokens/s" })
            const figures = () => texts(message(0)).filter(item => item.visible && item.text === "18 tokens/s")
            compare(figures().length, 1)
            list.showStatistics = false
            compare(figures().length, 0)
        }

        function test_aRunningReplyHasNoButtons() {
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]], { streaming: true })
            verify(!findChild(message(0), "regenerateButton").visible)
            chat.messages.change(0, { streaming: false })
            verify(findChild(message(0), "regenerateButton").visible)
        }

        function test_namesAuthorAndPlaceForTheScreenReader() {
            chat.addUser("hello")
            chat.addAssistant([[MessageBlocks.Paragraph, "hi"]])
            compare(message(1).Accessible.name, "Assistant, message 2 of 2")
            compare(message(0).Accessible.name, "You, message 1 of 2")
        }

        function test_aGrowingBlockKeepsItsItem() {
            const blocks = chat.addAssistant([[MessageBlocks.Paragraph, "done"], [MessageBlocks.Paragraph, "gro"]],
                                             { streaming: true })
            const before = texts(message(0)).filter(item => item.selectByMouse === true)
            blocks.change(1, { text: "growing" })
            const after = texts(message(0)).filter(item => item.selectByMouse === true)
            compare(after.length, 2)
            verify(before[0] === after[0] && before[1] === after[1])
            compare(after[1].text, "growing")
        }

        function test_aParagraphMayTurnIntoCode() {
            const blocks = chat.addAssistant([[MessageBlocks.Paragraph, "``"]], { streaming: true })
            message(0)
            blocks.change(0, { kind: MessageBlocks.Code, text: "x = 1", language: "python" })
            tryVerify(() => findChild(message(0), "copyCodeButton") !== null)
        }
    }
}
