import QtQuick
import Inglenook.App
import Inglenook.Ui

/// The context menu of a conversation in the list.
AppMenu {
    id: root

    required property ConversationController conversations

    property real conversationId: 0
    property bool pinned: false

    signal renameChosen(real conversationId)

    objectName: "conversationMenu"

    // At the pointer, or by the keyboard below the row.
    function openFor(row: ConversationDelegate, byKeyboard: bool) {
        conversationId = row.conversationId
        pinned = row.pinned
        if (byKeyboard)
            popup(row, Theme.px(20), row.height)
        else
            popup()
    }

    AppMenuItem {
        text: qsTr("Rename")
        symbol: "edit"
        onTriggered: root.renameChosen(root.conversationId)
    }

    AppMenuItem {
        text: root.pinned ? qsTr("Unpin") : qsTr("Pin")
        symbol: root.pinned ? "pinned" : "pin"
        onTriggered: root.conversations.setPinned(root.conversationId, !root.pinned)
    }

    AppMenuItem {
        text: qsTr("Delete")
        symbol: "delete"
        destructive: true
        onTriggered: root.conversations.remove(root.conversationId)
    }
}
