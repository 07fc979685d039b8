import QtQuick
import Inglenook.Ui

Item {
    id: root

    signal closeClicked()

    implicitHeight: Theme.px(54)

    IconButton {
        id: back

        objectName: "closeSettingsButton"
        x: Theme.px(10)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "left"
        text: qsTr("Back to the conversation")
        onClicked: root.closeClicked()
    }

    PlainText {
        anchors.left: back.right
        anchors.leftMargin: Theme.px(6)
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("Settings")
        font.weight: Font.DemiBold
        Accessible.role: Accessible.Heading
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
