import QtQuick
import Inglenook.App
import Inglenook.Ui

/// The open conversation: header, transcript, composer.
FocusScope {
    id: root

    required property ChatController chat
    required property ConversationController conversations
    required property ModelController models
    required property SettingsController settings
    required property bool sidebarVisible

    readonly property bool transcriptFocused: list.activeFocus
    /// From the end of the transcript to the bottom of the window.
    readonly property int footHeight: height - notices.y
    readonly property int columnWidth: Math.min(Theme.columnWidth, width - 2 * Theme.margin)

    signal sidebarRequested()
    signal newChatRequested()

    function focusComposer() { composer.forceActiveFocus() }
    function focusTranscript() { list.forceActiveFocus() }
    function openModelPicker() { picker.open() }

    Keys.onEscapePressed: root.chat.busy ? root.chat.stop() : root.focusComposer()

    Rectangle {
        anchors.fill: parent
        color: Theme.page
    }

    ChatHeader {
        id: header

        width: parent.width
        chat: root.chat
        models: root.models
        sidebarVisible: root.sidebarVisible
        onSidebarRequested: root.sidebarRequested()
        onNewChatRequested: root.newChatRequested()
        onModelPickerRequested: picker.open()

        ModelPicker {
            id: picker

            parent: header.modelButton
            models: root.models
        }
    }

    MessageList {
        id: list

        anchors.top: header.bottom
        anchors.bottom: notices.top
        anchors.bottomMargin: Theme.px(6)
        width: parent.width
        visible: count > 0
        chat: root.chat
        showStatistics: root.settings.showStatistics
        onEditRequested: (id, text) => composer.beginEdit(id, text)
        onTyped: text => composer.take(text)
    }

    EmptyState {
        anchors.fill: list
        visible: list.count === 0
        models: root.models
        onAsked: question => root.chat.send(question)
        onModelsRequested: picker.open()
    }

    JumpToLatest {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: notices.top
        anchors.bottomMargin: Theme.px(14)
        shown: list.visible && !list.following
        onClicked: list.follow()
    }

    ChatNotices {
        id: notices

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: composer.top
        anchors.bottomMargin: height > 0 ? Theme.px(8) : 0
        width: root.columnWidth
        chat: root.chat
        conversations: root.conversations
        models: root.models
        onModelPickerRequested: picker.open()
    }

    Composer {
        id: composer

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: status.top
        anchors.bottomMargin: Theme.px(4)
        width: root.columnWidth
        tallest: Math.max(Theme.px(48), root.height * 0.35)
        focus: true
        chat: root.chat
    }

    StatusLine {
        id: status

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(6)
        width: root.columnWidth
        chat: root.chat
        models: root.models
        showStatistics: root.settings.showStatistics
    }
}
