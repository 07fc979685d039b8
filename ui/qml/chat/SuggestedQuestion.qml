import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.Button {
    id: root

    implicitHeight: Math.max(Theme.px(46), implicitContentHeight + Theme.px(20))
    leftPadding: Theme.px(16)
    rightPadding: Theme.px(38)
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: text
    Accessible.onPressAction: clicked()
    Keys.onReturnPressed: clicked()

    contentItem: PlainText {
        text: root.text
        wrapMode: Text.Wrap
        verticalAlignment: Text.AlignVCenter
    }

    Icon {
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "right"
        size: Theme.px(16)
        opacity: root.hovered || root.visualFocus ? 1 : 0.4
    }

    background: Rectangle {
        radius: Theme.px(12)
        color: root.down ? Theme.pressed : root.hovered ? Theme.hover : Theme.raised
        border.color: Theme.line

        FocusRing {
            visible: root.visualFocus
            radius: Theme.px(14)
        }
    }
}
