import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 280
    height: 600

    Component {
        id: listType

        ConversationList { anchors.fill: parent }
    }

    Component {
        id: controllerType

        ConversationController {}
    }

    SignalSpy {
        id: chosenSpy

        signalName: "chosen"
    }

    TestCase {
        name: "ConversationList"
        when: windowShown

        property ConversationController conversations
        property ConversationList sidebar
        property Item list

        function init() {
            conversations = controllerType.createObject(root)
            conversations.add("Winter reading", "Pinned", { pinned: true })
            conversations.add("A walk", "Today", { current: true })
            conversations.add("Bread", "Today")
            conversations.add("Taxes", "Older", { unread: true })
            sidebar = createTemporaryObject(listType, root, { conversations: conversations })
            list = findChild(sidebar, "conversationList")
            chosenSpy.target = sidebar
            chosenSpy.clear()
            tryVerify(() => list.itemAtIndex(3) !== null)
        }

        function visibleTexts(item) {
            let found = []
            if (item.text !== undefined && item.visible)
                found.push(item.text)
            for (let i = 0; i < item.children.length; ++i)
                found = found.concat(visibleTexts(item.children[i]))
            return found
        }

        function test_isDividedByDays() {
            const texts = visibleTexts(list.contentItem)
            for (const section of ["Pinned", "Today", "Older"])
                compare(texts.filter(text => text === section).length, 1, section)
        }

        function test_aClickOpensAConversation() {
            mouseClick(list.itemAtIndex(2))
            compare(conversations.calls, [["open", 3]])
            compare(chosenSpy.count, 1)
        }

        function test_enterOpensTheChosenOne() {
            sidebar.focusList()
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Return)
            compare(conversations.calls, [["open", 2]])
        }

        function test_renamesInPlace() {
            sidebar.focusList()
            list.currentIndex = 2
            keyClick(Qt.Key_F2)
            const field = findChild(list.itemAtIndex(2), "renameField")
            verify(field.activeFocus)
            compare(field.selectedText, "Bread")
            keyClick(Qt.Key_R)
            keyClick(Qt.Key_Return)
            compare(conversations.calls, [["rename", 3, "r"]])
            tryVerify(() => findChild(list.itemAtIndex(2), "renameField") === null)
        }

        function test_escapeKeepsTheOldTitle() {
            sidebar.focusList()
            list.currentIndex = 2
            keyClick(Qt.Key_F2)
            keyClick(Qt.Key_R)
            keyClick(Qt.Key_Escape)
            compare(conversations.calls, [])
            tryVerify(() => findChild(list.itemAtIndex(2), "renameField") === null)
        }

        function test_anEmptyTitleIsNotTaken() {
            sidebar.focusList()
            list.currentIndex = 2
            keyClick(Qt.Key_F2)
            keyClick(Qt.Key_Delete)
            keyClick(Qt.Key_Return)
            compare(conversations.calls, [])
        }

        function test_deleteRemovesTheChosenOne() {
            sidebar.focusList()
            list.currentIndex = 1
            keyClick(Qt.Key_Delete)
            compare(conversations.calls, [["remove", 2]])
        }

        function test_theMenuPinsAndUnpins() {
            mouseMove(list.itemAtIndex(0), 20, 10)
            const button = findChild(list.itemAtIndex(0), "conversationMenuButton")
            tryVerify(() => button.visible)
            mouseClick(button)
            const menu = findChild(sidebar, "conversationMenu")
            tryVerify(() => menu.opened)
            compare(menu.itemAt(1).text, "Unpin")
            tryVerify(() => menu.itemAt(2).y > menu.itemAt(1).y)
            waitForRendering(menu.contentItem)
            mouseClick(menu.itemAt(1))
            compare(conversations.calls, [["setPinned", 1, false]])
        }

        function test_searchIsHandedOnAsItIsTyped() {
            sidebar.focusSearch()
            keyClick("k")
            keyClick("n")
            compare(conversations.searchText, "kn")
            keyClick(Qt.Key_Return)
            compare(conversations.calls, [["openAt", 0]])
        }

        function test_escapeEndsTheSearch() {
            sidebar.focusSearch()
            keyClick("k")
            keyClick(Qt.Key_Escape)
            compare(conversations.searchText, "")
        }

        function test_foundTextIsShownWithoutSections() {
            conversations.searchText = "knife"
            conversations.list.change(2, { snippet: "the knife is dull" })
            const texts = visibleTexts(list.contentItem)
            verify(texts.indexOf("the knife is dull") >= 0)
            tryVerify(() => visibleTexts(list.contentItem).indexOf("Today") < 0)
        }

        function test_anEmptyListSaysSo() {
            conversations.list.rows = []
            verify(visibleTexts(sidebar).indexOf("Your conversations will be kept here.") >= 0)
            conversations.searchText = "zebra"
            verify(visibleTexts(sidebar).indexOf("Nothing matches “zebra”.") >= 0)
        }

        function test_newChatIsMade() {
            mouseClick(findChild(sidebar, "newChatButton"))
            compare(conversations.calls, [["create"]])
            compare(chosenSpy.count, 1)
        }
    }
}
