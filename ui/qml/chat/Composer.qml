import QtQuick
import Inglenook.App
import Inglenook.Ui

/// Where the person writes. Never disabled: while a reply runs, the next message waits as a chip.
FocusScope {
    id: root

    required property ChatController chat
    property int tallest: Theme.px(240)

    /// The message being edited; 0: a new one is written.
    property real editedId: 0
    readonly property bool editing: editedId !== 0
    readonly property bool empty: field.text.trim() === ""

    function beginEdit(messageId: real, text: string) {
        editedId = messageId
        show(text)
    }

    /// Goes on writing with a text that was typed elsewhere.
    function take(text: string) {
        field.input.forceActiveFocus()
        field.input.insert(field.input.cursorPosition, text)
    }

    function cancelEdit() {
        editedId = 0
        show(chat.draft)
    }

    function show(text: string) {
        field.text = text
        field.input.cursorPosition = field.input.length
        field.input.forceActiveFocus()
    }

    function submit() {
        if (empty)
            return
        const text = field.text
        if (editing) {
            const messageId = editedId
            cancelEdit()
            chat.editMessage(messageId, text)
        } else {
            field.text = ""
            chat.send(text)
        }
    }

    implicitHeight: card.height

    Rectangle {
        id: card

        width: root.width
        height: content.height + Theme.px(4)
        radius: Theme.px(16)
        color: Theme.raised
        border.color: field.input.activeFocus ? Theme.accent : Theme.strongLine
    }

    Column {
        id: content

        y: Theme.px(2)
        width: root.width

        ComposerChips {
            width: root.width
            queuedText: root.chat.queuedText
            editing: root.editing
            onQueuedEditRequested: {
                const text = root.chat.queuedText
                root.chat.queuedText = ""
                root.show(text)
            }
            onQueuedRemoveRequested: root.chat.queuedText = ""
            onEditCancelled: root.cancelEdit()
        }

        Item {
            width: root.width
            height: Math.max(field.implicitHeight, Theme.px(48))

            ComposerInput {
                id: field

                anchors.left: parent.left
                anchors.right: buttons.left
                anchors.verticalCenter: parent.verticalCenter
                height: implicitHeight
                tallest: root.tallest
                onSubmitted: root.submit()
                onUpPressedWhenEmpty: {
                    const last = root.chat.lastUserText()
                    if (last !== "")
                        root.beginEdit(root.chat.lastUserMessageId(), last)
                }
                onEscapePressed: event => {
                    event.accepted = root.editing || root.chat.busy
                    if (root.editing)
                        root.cancelEdit()
                    else if (root.chat.busy)
                        root.chat.stop()
                }
                onTextChanged: if (!root.editing && root.chat.draft !== text) root.chat.draft = text
            }

            ComposerButtons {
                id: buttons

                anchors.right: parent.right
                anchors.rightMargin: Theme.px(8)
                anchors.bottom: parent.bottom
                anchors.bottomMargin: Theme.px(6)
                busy: root.chat.busy
                stopping: root.chat.state === ChatController.Stopping
                canSend: !root.empty
                onSendClicked: root.submit()
                onStopClicked: root.chat.stop()
            }
        }
    }

    Component.onCompleted: field.text = root.chat.draft

    Connections {
        target: root.chat

        function onDraftChanged() {
            if (!root.editing && field.text !== root.chat.draft)
                field.text = root.chat.draft
        }

        function onConversationChanged() {
            root.editedId = 0
            field.text = root.chat.draft
        }
    }
}
