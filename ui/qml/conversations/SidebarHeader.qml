import QtQuick
import Inglenook.Ui

Item {
    id: root

    signal newChatClicked()
    signal hideClicked()

    implicitHeight: Theme.px(54)

    Icon {
        id: mark

        x: Theme.px(16)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "hearth"
        size: Theme.px(22)
        color: Theme.accent
    }

    PlainText {
        anchors.left: mark.right
        anchors.leftMargin: Theme.px(8)
        anchors.right: buttons.left
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("Inglenook")
        visible: width >= implicitWidth
        font.weight: Font.DemiBold
    }

    Row {
        id: buttons

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(8)
        anchors.verticalCenter: parent.verticalCenter

        IconButton {
            symbol: "sidebar"
            objectName: "hideSidebarButton"
            text: qsTr("Hide conversations")
            keys: "Ctrl+B"
            onClicked: root.hideClicked()
        }

        IconButton {
            symbol: "compose"
            objectName: "newChatButton"
            text: qsTr("New chat")
            keys: "Ctrl+N"
            onClicked: root.newChatClicked()
        }
    }
}
