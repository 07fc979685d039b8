import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What is being loaded, how far it is, and a way out.
Rectangle {
    id: root

    required property ModelController models

    implicitHeight: Theme.px(62)
    radius: Theme.px(12)
    color: Theme.accentSurface
    Accessible.role: Accessible.ProgressBar
    Accessible.name: label.text

    PlainText {
        id: label

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(16)
        anchors.right: cancel.left
        anchors.rightMargin: Theme.px(12)
        y: Theme.px(13)
        text: qsTr("Loading %1, %2 %").arg(root.models.currentName).arg(Math.round(root.models.progress * 100))
        font.pixelSize: Theme.fontSmall
        elide: Text.ElideMiddle
    }

    Rectangle {
        anchors.left: label.left
        anchors.right: label.right
        y: parent.height - height - Theme.px(15)
        height: Theme.px(6)
        radius: height / 2
        color: Theme.pressed

        Rectangle {
            width: Math.max(parent.height, parent.width * root.models.progress)
            height: parent.height
            radius: height / 2
            color: Theme.accent

            Behavior on width {
                NumberAnimation { duration: Theme.moment }
            }
        }
    }

    AppButton {
        id: cancel

        objectName: "cancelLoadButton"
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("Cancel")
        onClicked: root.models.cancel()
    }
}
