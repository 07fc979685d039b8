import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.ScrollBar {
    id: root

    padding: Theme.px(2)
    implicitWidth: Theme.px(10)
    implicitHeight: Theme.px(10)
    minimumSize: 0.06
    visible: size < 1 && policy !== T.ScrollBar.AlwaysOff

    contentItem: Rectangle {
        radius: Theme.px(3)
        color: Theme.strongLine
        opacity: root.pressed ? 0.9 : root.hovered ? 0.7 : root.active ? 0.5 : 0.25

        Behavior on opacity {
            NumberAnimation { duration: Theme.moment }
        }
    }
}
