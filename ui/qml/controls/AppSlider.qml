import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.Slider {
    id: root

    implicitWidth: Theme.px(180)
    implicitHeight: Theme.px(26)
    focusPolicy: Qt.TabFocus
    hoverEnabled: true

    handle: Rectangle {
        x: root.visualPosition * (root.availableWidth - width)
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(18)
        height: width
        radius: width / 2
        color: root.pressed || root.hovered ? Theme.accentHover : Theme.accent

        FocusRing {
            visible: root.visualFocus
            radius: height / 2
        }
    }

    background: Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: root.availableWidth
        height: Theme.px(4)
        radius: height / 2
        color: Theme.pressed

        Rectangle {
            width: root.visualPosition * parent.width
            height: parent.height
            radius: height / 2
            color: Theme.accent
        }
    }
}
