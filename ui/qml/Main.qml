import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// The window: conversations on the left, the open one in the middle, settings in its place.
T.ApplicationWindow {
    id: root

    required property ChatController chat
    required property ConversationController conversations
    required property ModelController models
    required property SettingsController settings

    property bool settingsShown: false

    function openChat() {
        settingsShown = false
        page.focusComposer()
    }

    function newChat() {
        conversations.create()
        openChat()
    }

    // Made at its first opening: the window comes up sooner without it.
    function openSettings() {
        if (settingsLoader.status === Loader.Null)
            settingsLoader.setSource(Qt.resolvedUrl("settings/SettingsPage.qml"),
                                     { settings: root.settings, models: root.models, focus: true })
        settingsShown = true
        settingsLoader.forceActiveFocus()
    }

    function openSearch() {
        settings.sidebarVisible = true
        sidebar.focusSearch()
    }

    /// Conversations, transcript, composer, and round again.
    function focusNextPane() {
        if (settingsShown)
            return sidebar.activeFocus ? settingsLoader.forceActiveFocus() : sidebar.focusList()
        if (sidebar.activeFocus)
            return page.focusTranscript()
        if (page.transcriptFocused || !sidebar.visible)
            return page.focusComposer()
        sidebar.focusList()
    }

    width: 1180
    height: 780
    minimumWidth: 560
    minimumHeight: 420
    visible: true
    title: chat.title === "" ? qsTr("Inglenook") : qsTr("%1 – Inglenook").arg(chat.title)
    color: Theme.page

    Binding { target: Theme; property: "dark"; value: root.settings.dark }
    Binding { target: Theme; property: "textScale"; value: root.settings.textScale }

    ConversationList {
        id: sidebar

        // Only showing and hiding moves; a window that is resized does not drag it behind.
        property real shown: root.settings.sidebarVisible ? 1 : 0

        width: Math.round(shown * Math.min(Theme.px(272), root.width * 0.36))
        height: parent.height
        visible: width > 0
        clip: true
        conversations: root.conversations
        onChosen: root.openChat()
        onHideRequested: root.settings.sidebarVisible = false
        onSettingsRequested: root.openSettings()
        onShortcutsRequested: sheet.open()

        Behavior on shown {
            NumberAnimation { duration: Theme.longMoment; easing.type: Easing.OutCubic }
        }
    }

    ChatPage {
        id: page

        anchors.left: sidebar.right
        anchors.right: parent.right
        height: parent.height
        visible: !root.settingsShown
        focus: true
        chat: root.chat
        conversations: root.conversations
        models: root.models
        settings: root.settings
        sidebarVisible: root.settings.sidebarVisible
        onSidebarRequested: root.settings.sidebarVisible = true
        onNewChatRequested: root.newChat()
    }

    Loader {
        id: settingsLoader

        anchors.fill: page
        visible: root.settingsShown

        Connections {
            target: settingsLoader.item as SettingsPage

            function onCloseRequested() { root.openChat() }
        }
    }

    Toasts {
        anchors.horizontalCenter: page.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: root.settingsShown ? Theme.px(24) : page.footHeight + Theme.px(14)
        chat: root.chat
        conversations: root.conversations
    }

    ShortcutsSheet { id: sheet }

    Shortcuts {
        onNewChat: root.newChat()
        onSearch: root.openSearch()
        onSidebar: root.settings.sidebarVisible = !root.settings.sidebarVisible
        onModelPicker: {
            root.settingsShown = false
            page.openModelPicker()
        }
        onSettings: root.settingsShown ? root.openChat() : root.openSettings()
        onChatAt: row => {
            root.conversations.openAt(row)
            root.openChat()
        }
        onTextSize: step => {
            const scale = step === 0 ? 1 : root.settings.textScale + 0.1 * step
            root.settings.textScale = Math.max(0.8, Math.min(scale, 2))
        }
        onNextPane: root.focusNextPane()
        onSheet: sheet.open()
    }

    Component.onCompleted: page.focusComposer()
}
