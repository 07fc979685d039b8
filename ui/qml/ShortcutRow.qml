import QtQuick
import Inglenook.Ui

Item {
    id: root

    required property var modelData

    implicitHeight: Math.max(Theme.px(32), what.implicitHeight + Theme.px(10))
    Accessible.role: Accessible.StaticText
    Accessible.name: what.text + ": " + keys.text

    PlainText {
        id: what

        anchors.left: parent.left
        anchors.right: keys.left
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        text: root.modelData.what
        font.pixelSize: Theme.fontSmall
        wrapMode: Text.Wrap
    }

    PlainText {
        id: keys

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        text: root.modelData.keys
        color: Theme.muted
        font.pixelSize: Theme.fontSmall
    }
}
