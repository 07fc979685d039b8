import QtQuick
import Inglenook.App
import Inglenook.Ui

/// The context menu of a message.
AppMenu {
    id: root

    required property ChatController chat

    property real messageId: 0
    property string text
    property bool fromUser: false

    signal editRequested(real messageId, string text)

    // The message may leave the view while the menu is open, so its values are kept, not the item.
    // At the pointer, or by the keyboard below the message's beginning.
    function openFor(message: MessageDelegate, byKeyboard: bool) {
        messageId = message.messageId
        text = message.text
        fromUser = message.fromUser
        if (byKeyboard)
            popup(message, Theme.px(40), Theme.px(40))
        else
            popup()
    }

    AppMenuItem {
        text: qsTr("Copy")
        symbol: "copy"
        onTriggered: root.chat.copyMessage(root.messageId)
    }

    AppMenuItem {
        visible: root.fromUser
        text: qsTr("Edit and ask again")
        symbol: "edit"
        onTriggered: root.editRequested(root.messageId, root.text)
    }

    AppMenuItem {
        visible: !root.fromUser
        text: qsTr("Answer again")
        symbol: "regenerate"
        onTriggered: root.chat.regenerate(root.messageId)
    }

    AppMenuItem {
        text: qsTr("Delete")
        symbol: "delete"
        destructive: true
        onTriggered: root.chat.deleteMessage(root.messageId)
    }
}
