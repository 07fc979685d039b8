import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.Switch {
    id: root

    implicitWidth: Theme.px(42)
    implicitHeight: Theme.px(26)
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: text

    indicator: Rectangle {
        anchors.fill: parent
        radius: height / 2
        color: root.checked ? Theme.accent : Theme.raised
        border.width: root.checked ? 0 : 2
        border.color: Theme.strongLine

        Rectangle {
            readonly property int inset: Theme.px(4)

            anchors.verticalCenter: parent.verticalCenter
            x: root.checked ? parent.width - width - inset : inset
            width: parent.height - 2 * inset
            height: width
            radius: width / 2
            color: root.checked ? Theme.accentInk : Theme.strongLine

            Behavior on x {
                NumberAnimation { duration: Theme.moment }
            }
        }

        FocusRing {
            visible: root.visualFocus
            radius: height / 2
        }
    }
}
