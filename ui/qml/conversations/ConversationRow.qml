import QtQuick
import Inglenook.Ui

/// Title, and a line of what was found; marks for what goes on in it.
Item {
    id: root

    required property string title
    required property string snippet
    required property bool busy
    required property bool unread
    required property bool pinned
    property bool tools: false

    signal menuClicked()

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        anchors.right: marks.left
        anchors.rightMargin: Theme.px(6)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(2)

        PlainText {
            width: parent.width
            text: root.title === "" ? qsTr("New chat") : root.title
            font.pixelSize: Theme.px(14)
            font.weight: root.unread ? Font.DemiBold : Font.Normal
            elide: Text.ElideRight
            maximumLineCount: 1
        }

        PlainText {
            width: parent.width
            visible: root.snippet !== ""
            text: root.snippet
            color: Theme.muted
            font.pixelSize: Theme.fontTiny
            elide: Text.ElideRight
            maximumLineCount: 1
        }
    }

    Row {
        id: marks

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(14)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(6)

        WaitingDot {
            anchors.verticalCenter: parent.verticalCenter
            visible: root.busy
            width: Theme.px(8)
        }

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            visible: root.unread && !root.busy
            width: Theme.px(8)
            height: width
            radius: width / 2
            color: Theme.accent
        }

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            visible: root.pinned && !root.tools
            symbol: "pinned"
            size: Theme.px(14)
        }

        IconButton {
            objectName: "conversationMenuButton"
            visible: root.tools
            focusPolicy: Qt.NoFocus
            extent: Theme.px(26)
            symbolSize: Theme.px(16)
            symbol: "more"
            text: qsTr("More")
            onClicked: root.menuClicked()
        }
    }
}
