import QtQuick
import Inglenook.Ui

Rectangle {
    id: root

    required property string text

    implicitWidth: label.implicitWidth + Theme.px(12)
    implicitHeight: label.implicitHeight + Theme.px(4)
    radius: height / 2
    color: Theme.accentSurface

    PlainText {
        id: label

        anchors.centerIn: parent
        text: root.text
        color: Theme.accent
        font.pixelSize: Theme.px(11)
    }
}
