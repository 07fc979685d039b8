import QtQuick
import QtQuick.Layouts
import Inglenook.App
import Inglenook.Ui

/// The title of the conversation and the model that answers.
Rectangle {
    id: root

    required property ChatController chat
    required property ModelController models
    required property bool sidebarVisible
    property alias modelButton: picker

    signal sidebarRequested()
    signal newChatRequested()
    signal modelPickerRequested()

    implicitHeight: Theme.px(54)
    color: Theme.page

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: root.sidebarVisible ? Theme.px(20) : Theme.px(10)
        anchors.rightMargin: Theme.px(12)
        spacing: Theme.px(6)

        IconButton {
            objectName: "showSidebarButton"
            visible: !root.sidebarVisible
            symbol: "sidebar"
            text: qsTr("Show conversations")
            keys: "Ctrl+B"
            onClicked: root.sidebarRequested()
        }

        IconButton {
            objectName: "headerNewChatButton"
            visible: !root.sidebarVisible
            symbol: "compose"
            text: qsTr("New chat")
            keys: "Ctrl+N"
            onClicked: root.newChatRequested()
        }

        PlainText {
            objectName: "chatTitle"
            Layout.fillWidth: true
            Layout.minimumWidth: Theme.px(60)
            text: root.chat.title === "" ? qsTr("New chat") : root.chat.title
            font.weight: Font.DemiBold
            elide: Text.ElideRight
            Accessible.role: Accessible.Heading
        }

        ModelButton {
            id: picker

            objectName: "modelButton"
            Layout.maximumWidth: root.width * 0.55
            models: root.models
            onClicked: root.modelPickerRequested()
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
