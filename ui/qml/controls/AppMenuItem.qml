import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.MenuItem {
    id: root

    property string symbol
    property bool destructive: false

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: visible ? Theme.px(34) : 0
    horizontalPadding: Theme.px(10)
    hoverEnabled: true
    opacity: enabled ? 1 : 0.5
    Accessible.name: text

    contentItem: Row {
        spacing: Theme.px(10)

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            visible: root.symbol !== ""
            symbol: root.symbol
            size: Theme.px(16)
            color: root.destructive ? Theme.danger : Theme.muted
        }

        PlainText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.text
            color: root.destructive ? Theme.danger : Theme.text
            font.pixelSize: Theme.fontSmall
        }
    }

    background: Rectangle {
        radius: Theme.px(7)
        color: root.highlighted || root.down ? Theme.hover : "transparent"
    }
}
