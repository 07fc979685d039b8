import QtQuick
import Inglenook.Ui

Item {
    required property BlockDelegate block

    implicitHeight: Theme.px(17)
    Accessible.role: Accessible.Separator

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width
        height: 1
        color: Theme.line
    }
}
