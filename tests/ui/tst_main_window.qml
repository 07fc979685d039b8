import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    Component {
        id: windowType

        Main {}
    }

    Component {
        id: chatType

        ChatController {}
    }

    Component {
        id: conversationsType

        ConversationController {}
    }

    Component {
        id: modelsType

        ModelController {}
    }

    Component {
        id: settingsType

        SettingsController {}
    }

    TestCase {
        name: "MainWindow"
        when: windowShown

        property ChatController chat
        property ConversationController conversations
        property ModelController models
        property SettingsController settings
        property var window
        property Item input

        function initTestCase() { Theme.animated = false }
        function cleanupTestCase() { Theme.animated = true }

        function init() {
            chat = chatType.createObject(root)
            conversations = conversationsType.createObject(root)
            conversations.add("A walk", "Today")
            conversations.add("Bread", "Today")
            models = modelsType.createObject(root)
            settings = settingsType.createObject(root)
            window = createTemporaryObject(windowType, root, { chat: chat, conversations: conversations,
                                                               models: models, settings: settings })
            window.requestActivate()
            tryVerify(() => window.active)
            input = find("composerInput")
        }

        function find(name) { return findChild(window.contentItem, name) }

        function test_beginsInTheComposer() {
            verify(input.activeFocus)
            keyClick("h")
            compare(input.text, "h")
        }

        function test_ctrlNMakesANewChat() {
            keyClick("n", Qt.ControlModifier)
            compare(conversations.calls, [["create"]])
            verify(input.activeFocus)
        }

        function test_ctrlBHidesAndShowsTheConversations() {
            const sidebar = find("conversationList")
            verify(sidebar.visible)
            keyClick("b", Qt.ControlModifier)
            verify(!settings.sidebarVisible)
            tryVerify(() => !sidebar.visible)
            verify(find("showSidebarButton").visible)
            keyClick("b", Qt.ControlModifier)
            tryVerify(() => sidebar.visible)
        }

        function test_searchKeysFindTheSearchField_data() {
            return [{ tag: "Ctrl+F", modifiers: Qt.ControlModifier },
                    { tag: "Ctrl+Shift+F", modifiers: Qt.ControlModifier | Qt.ShiftModifier }]
        }
        function test_searchKeysFindTheSearchField(row) {
            settings.sidebarVisible = false
            keyClick("f", row.modifiers)
            verify(settings.sidebarVisible)
            tryVerify(() => find("searchField").activeFocus)
        }

        function test_ctrlDigitOpensThatChat() {
            keyClick("2", Qt.ControlModifier)
            compare(conversations.calls, [["openAt", 1]])
        }

        function test_ctrlLOpensTheModelPicker() {
            keyClick("l", Qt.ControlModifier)
            tryVerify(() => window.activeFocusItem !== null
                            && window.activeFocusItem.objectName === "modelSearchField")
            keyClick("e")
            compare(models.filter, "e")
            keyClick(Qt.Key_Escape)
            keyClick(Qt.Key_Escape)
            tryVerify(() => input.activeFocus)
        }

        function test_ctrlCommaOpensAndLeavesTheSettings() {
            keyClick(",", Qt.ControlModifier)
            const page = find("settingsPage")
            verify(page.visible)
            verify(!input.visible)
            keyClick(Qt.Key_Escape)
            verify(!page.visible)
            verify(input.activeFocus)
        }

        function test_f6GoesRound() {
            chat.addUser("hello")
            const panes = [find("conversationList"), find("messageList"), input]
            for (const pane of panes) {
                keyClick(Qt.Key_F6)
                tryVerify(() => pane.activeFocus)
            }
        }

        function test_keysChangeTheTextSize() {
            keyClick("+", Qt.ControlModifier)
            fuzzyCompare(settings.textScale, 1.1, 1e-9)
            keyClick("0", Qt.ControlModifier)
            keyClick("-", Qt.ControlModifier)
            fuzzyCompare(settings.textScale, 0.9, 1e-9)
            for (let i = 0; i < 5; ++i)
                keyClick("-", Qt.ControlModifier)
            compare(settings.textScale, 0.8)
            keyClick("0", Qt.ControlModifier)
            compare(settings.textScale, 1)
        }

        function test_writingInTheTranscriptGoesToTheComposer() {
            chat.addUser("hello")
            find("messageList").forceActiveFocus()
            keyClick("x")
            keyClick("y")
            compare(input.text, "xy")
            verify(input.activeFocus)
        }

        function test_escapeStopsFromTheTranscript() {
            chat.addUser("hello")
            chat.state = ChatController.Answering
            find("messageList").forceActiveFocus()
            keyClick(Qt.Key_Escape)
            compare(chat.calls, [["stop"]])
            chat.state = ChatController.Idle
            keyClick(Qt.Key_Escape)
            verify(input.activeFocus)
        }

        function test_openingAConversationReturnsToTheComposer() {
            const list = find("conversationList")
            mouseClick(list.itemAtIndex(1))
            compare(conversations.calls, [["open", 2]])
            verify(input.activeFocus)
        }

        function test_aSuggestedQuestionIsAsked() {
            let question = null
            const search = item => {
                if (item.text === "What can you do?" && item.clicked)
                    question = item
                for (let i = 0; i < item.children.length; ++i)
                    search(item.children[i])
            }
            search(window.contentItem)
            mouseClick(question)
            compare(chat.calls, [["send", "What can you do?"]])
        }

        function test_deletingAMessageOffersUndo() {
            chat.addUser("hello")
            chat.deleteMessage(1)
            const toast = find("undoToast")
            verify(toast.visible)
            mouseClick(find("undoButton"))
            compare(chat.lastCall(), ["undo"])
            verify(!toast.visible)
        }

        function test_deletingAConversationOffersUndo() {
            conversations.remove(1)
            verify(find("undoToast").visible)
            mouseClick(find("undoButton"))
            compare(conversations.lastCall(), ["undoRemove"])
        }

        function test_editFromTheTranscriptGoesToTheComposer() {
            chat.addUser("hello")
            tryVerify(() => find("editButton") !== null)
            mouseClick(find("editButton"))
            compare(input.text, "hello")
            verify(input.activeFocus)
        }

        function test_jumpToLatestAppearsFurtherUp() {
            for (let i = 0; i < 30; ++i)
                chat.addAssistant([[MessageBlocks.Paragraph, "A line of an answer. ".repeat(20)]])
            const list = find("messageList"), jump = find("jumpToLatest")
            tryVerify(() => Math.abs(list.distanceToEnd) < 2)
            verify(!jump.visible)
            list.scrollBy(-2000)
            tryVerify(() => jump.visible && jump.opacity === 1)
            mouseClick(jump)
            tryVerify(() => Math.abs(list.distanceToEnd) < 2)
            verify(list.following)
        }

        function test_errorsAreShownWithWhatHelps() {
            chat.errorText = "The answer could not be saved."
            verify(find("chatError").visible)
            mouseClick(findChild(find("chatError"), "dismissError"))
            compare(chat.lastCall(), ["dismissError"])
            verify(!find("chatError").visible)

            models.cacheTrouble = "The disk is full."
            verify(find("cacheTrouble").visible)
            mouseClick(findChild(find("cacheTrouble"), "dismissError"))
            compare(models.lastCall(), ["dismissCacheTrouble"])
            verify(!find("cacheTrouble").visible)

            models.errorText = "The file is damaged."
            models.state = ModelController.Failed
            mouseClick(findChild(find("modelError"), "errorSecondAction"))
            compare(models.lastCall(), ["retry"])
        }

        function test_followsTheSettingsOfAppearance() {
            settings.dark = true
            settings.textScale = 1.5
            verify(Theme.dark)
            compare(Theme.textScale, 1.5)
            settings.dark = false
            settings.textScale = 1
            verify(!Theme.dark)
        }

        function test_everyControlHasAName() {
            chat.addUser("hello")
            chat.addAssistant([[MessageBlocks.Code, "x", { language: "c" }]], { versionCount: 2 })
            window.openSettings()
            const unnamed = []
            const visit = item => {
                if (item.visible && item.clicked !== undefined && item.down !== undefined && item.Accessible.name === "")
                    unnamed.push(String(item) + item.objectName)
                for (let i = 0; i < item.children.length; ++i)
                    visit(item.children[i])
            }
            visit(window.contentItem)
            compare(unnamed, [])
        }

        function test_fitsSmallWindowsWithLargeText() {
            settings.textScale = 2
            window.width = 900
            window.height = 600
            chat.addUser("hello")
            const list = find("messageList")
            tryVerify(() => list.height > 80)
            verify(input.width > 150)
            verify(find("modelButton").x + find("modelButton").width <= list.width)
            settings.textScale = 1
        }
    }
}
