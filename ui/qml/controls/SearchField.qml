import QtQuick
import Inglenook.Ui

/// A text field with a magnifier, and a cross once there is something to clear. Escape clears it.
AppTextField {
    id: root

    leftPadding: Theme.px(34)
    rightPadding: Theme.px(32)

    Icon {
        x: Theme.px(10)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "search"
        size: Theme.px(16)
    }

    IconButton {
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(4)
        anchors.verticalCenter: parent.verticalCenter
        visible: root.text !== ""
        extent: Theme.px(26)
        symbolSize: Theme.px(14)
        symbol: "close"
        text: qsTr("Clear the search")
        onClicked: root.clear()
    }

    Keys.onEscapePressed: event => {
        event.accepted = root.text !== ""
        root.clear()
    }
}
