import QtQuick
import Inglenook.Ui

Item {
    id: root

    signal settingsClicked()
    signal shortcutsClicked()

    implicitHeight: Theme.px(52)

    Rectangle {
        width: parent.width
        height: 1
        color: Theme.line
    }

    AppButton {
        objectName: "settingsButton"
        x: Theme.px(8)
        anchors.verticalCenter: parent.verticalCenter
        leftPadding: Theme.px(10)
        quiet: true
        symbol: "settings"
        text: qsTr("Settings")
        onClicked: root.settingsClicked()
    }

    IconButton {
        objectName: "shortcutsButton"
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(8)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "keyboard"
        text: qsTr("Keyboard shortcuts")
        keys: "Ctrl+/"
        onClicked: root.shortcutsClicked()
    }
}
