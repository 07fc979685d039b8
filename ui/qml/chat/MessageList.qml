pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// The transcript. Follows the newest words only while it stands at the bottom.
ListView {
    id: root

    required property ChatController chat
    property bool showStatistics: true
    property bool following: true

    readonly property real distanceToEnd: originY + contentHeight - height - contentY

    signal editRequested(real messageId, string text)
    /// Somebody began to write.
    signal typed(string text)

    function nearEnd(): bool { return distanceToEnd < Theme.px(24) }

    function follow() {
        following = true
        currentIndex = -1
        positionViewAtEnd()
        settle.start()
    }

    function scrollBy(distance: real) {
        const lowest = Math.max(originY, originY + contentHeight - height)
        contentY = Math.max(originY, Math.min(contentY + distance, lowest))
        following = nearEnd()
    }

    function stepTo(index: int) {
        following = false
        currentIndex = index
        positionViewAtIndex(index, ListView.Contain)
    }

    function copyCurrent() {
        const message = currentItem as MessageDelegate
        if (message)
            chat.copyMessage(message.messageId)
    }

    objectName: "messageList"
    clip: true
    reuseItems: true
    cacheBuffer: Math.max(600, height)
    boundsBehavior: Flickable.StopAtBounds
    highlightFollowsCurrentItem: false
    keyNavigationEnabled: false
    currentIndex: -1
    model: chat.messages
    activeFocusOnTab: true
    header: ListGap {}
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Conversation")
    T.ScrollBar.vertical: AppScrollBar {
        onPressedChanged: root.following = !pressed && root.nearEnd()
    }

    delegate: MessageDelegate {
        id: message

        width: ListView.view ? ListView.view.width : 0
        total: root.count
        showStatistics: root.showStatistics
        current: root.activeFocus && ListView.isCurrentItem
        onCopyRequested: id => root.chat.copyMessage(id)
        onCopyTextRequested: text => root.chat.copyText(text)
        onEditRequested: (id, text) => root.editRequested(id, text)
        onRegenerateRequested: id => root.chat.regenerate(id)
        onDeleteRequested: id => root.chat.deleteMessage(id)
        onVersionRequested: (id, version) => root.chat.selectVersion(id, version)
        onMenuRequested: menu.openFor(message, false)
    }

    MessageMenu {
        id: menu

        onEditRequested: (id, text) => root.editRequested(id, text)
        chat: root.chat
    }

    // Heights become known only as messages are laid out, so following means moving after each change.
    onContentHeightChanged: if (following) settle.start()
    onHeightChanged: if (following) settle.start()
    // While a hand moves the page nothing else does.
    onMovementStarted: following = false
    onMovementEnded: following = nearEnd()

    Timer {
        id: settle

        interval: 0
        onTriggered: if (root.following) root.positionViewAtEnd()
    }

    Connections {
        target: root.chat

        function onConversationChanged() { root.follow() }
        function onMessageSent() { root.follow() }
    }

    Keys.onPressed: event => {
        event.accepted = true
        switch (event.key) {
        case Qt.Key_PageUp: return root.scrollBy(-0.9 * root.height)
        case Qt.Key_PageDown: return root.scrollBy(0.9 * root.height)
        case Qt.Key_Home: root.following = false; return root.positionViewAtBeginning()
        case Qt.Key_End: return root.follow()
        case Qt.Key_Up: return root.stepTo(currentIndex < 0 ? count - 1 : Math.max(0, currentIndex - 1))
        case Qt.Key_Down: return root.stepTo(Math.min(count - 1, currentIndex + 1))
        case Qt.Key_C: return event.modifiers & Qt.ControlModifier ? copyCurrent() : root.typed(event.text)
        case Qt.Key_Menu: return currentItem ? menu.openFor(currentItem as MessageDelegate, true) : undefined
        default:
            event.accepted = event.text > " " && !(event.modifiers & (Qt.ControlModifier | Qt.AltModifier))
            if (event.accepted)
                root.typed(event.text)
        }
    }
}
