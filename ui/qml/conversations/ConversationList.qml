pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// All conversations, newest first under their days; searched, renamed, pinned and removed here.
FocusScope {
    id: root

    required property ConversationController conversations

    /// The conversation whose title is being changed; 0: none.
    property real renamedId: 0
    readonly property bool searching: conversations.searchText !== ""

    signal chosen()
    signal hideRequested()
    signal settingsRequested()
    signal shortcutsRequested()

    function focusSearch() {
        search.forceActiveFocus()
        search.selectAll()
    }

    function focusList() { list.forceActiveFocus() }
    Keys.onEscapePressed: root.chosen()
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversations")

    Rectangle {
        anchors.fill: parent
        color: Theme.sidebar
    }

    SidebarHeader {
        id: header

        width: parent.width
        onNewChatClicked: {
            root.conversations.create()
            root.chosen()
        }
        onHideClicked: root.hideRequested()
    }

    SearchField {
        id: search

        objectName: "searchField"
        anchors.top: header.bottom
        x: Theme.px(12)
        width: parent.width - 2 * x
        placeholderText: qsTr("Search")
        Accessible.name: qsTr("Search conversations")
        onTextChanged: root.conversations.searchText = text
        Keys.onDownPressed: list.forceActiveFocus()
        onAccepted: {
            root.conversations.openAt(0)
            root.chosen()
        }
    }

    ListView {
        id: list

        objectName: "conversationList"
        anchors.top: search.bottom
        anchors.topMargin: Theme.px(6)
        anchors.bottom: footer.top
        width: parent.width
        clip: true
        reuseItems: true
        boundsBehavior: Flickable.StopAtBounds
        focus: true
        activeFocusOnTab: true
        currentIndex: -1
        highlightMoveDuration: 0
        model: root.conversations.list
        section.property: root.searching ? "" : "section"
        section.delegate: SectionHeading {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Conversations")
        T.ScrollBar.vertical: AppScrollBar {}
        onActiveFocusChanged: if (activeFocus && currentIndex < 0) currentIndex = 0

        delegate: ConversationDelegate {
            width: ListView.view ? ListView.view.width : 0
            focused: ListView.isCurrentItem && list.activeFocus
            onOpened: {
                root.conversations.open(conversationId)
                root.chosen()
            }
            onRenamed: title => root.conversations.rename(conversationId, title)
            renaming: root.renamedId === conversationId
            onRenameRequested: root.renamedId = conversationId
            onMenuRequested: menu.openFor(this, false)
            onEditingFinished: {
                root.renamedId = 0
                list.forceActiveFocus()
            }
        }

        Keys.onPressed: event => {
            const item = currentItem as ConversationDelegate
            event.accepted = item !== null
            if (!item)
                return
            switch (event.key) {
            case Qt.Key_Return:
            case Qt.Key_Enter: return item.opened()
            case Qt.Key_F2: return item.renameRequested()
            case Qt.Key_Delete: return root.conversations.remove(item.conversationId)
            case Qt.Key_Menu: return menu.openFor(item, true)
            default: event.accepted = false
            }
        }
    }

    PlainText {
        anchors.fill: list
        anchors.margins: Theme.px(24)
        visible: list.count === 0
        horizontalAlignment: Text.AlignHCenter
        topPadding: Theme.px(24)
        wrapMode: Text.Wrap
        text: root.searching ? qsTr("Nothing matches “%1”.").arg(root.conversations.searchText)
                             : qsTr("Your conversations will be kept here.")
        color: Theme.muted
        font.pixelSize: Theme.fontSmall
    }

    ConversationMenu {
        id: menu

        conversations: root.conversations
        onRenameChosen: conversationId => root.renamedId = conversationId
    }

    SidebarFooter {
        id: footer

        anchors.bottom: parent.bottom
        width: parent.width
        onSettingsClicked: root.settingsRequested()
        onShortcutsClicked: root.shortcutsRequested()
    }
}
