import QtQuick
import Inglenook.App
import Inglenook.Ui

/// Offers to take back what was removed: a message, or a conversation.
Item {
    id: root

    required property ChatController chat
    required property ConversationController conversations

    property bool forConversation: false

    width: toast.width
    height: toast.height

    UndoToast {
        id: toast

        width: implicitWidth
        height: implicitHeight
        onUndone: root.forConversation ? root.conversations.undoRemove() : root.chat.undo()
    }

    Connections {
        target: root.chat

        function onUndoOffered(what: string) {
            root.forConversation = false
            toast.show(what)
        }
    }

    Connections {
        target: root.conversations

        function onRemoved(title: string) {
            root.forConversation = true
            toast.show(title === "" ? qsTr("Conversation deleted") : qsTr("“%1” deleted").arg(title))
        }
    }
}
