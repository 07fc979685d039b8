import QtQuick
import Inglenook.Ui

/// A line above the composer about what it holds: the queued message, or the message being edited.
Rectangle {
    id: root

    required property string label
    property string text
    property bool editable: false

    signal editRequested()
    signal removeRequested()

    implicitHeight: Theme.px(34)
    radius: Theme.radius
    color: Theme.accentSurface

    PlainText {
        id: name

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(12)
        anchors.verticalCenter: parent.verticalCenter
        text: root.label
        color: Theme.accent
        font.pixelSize: Theme.fontSmall
        font.weight: Font.DemiBold
    }

    PlainText {
        anchors.left: name.right
        anchors.leftMargin: Theme.px(8)
        anchors.right: buttons.left
        anchors.verticalCenter: parent.verticalCenter
        text: root.text
        font.pixelSize: Theme.fontSmall
        elide: Text.ElideRight
        maximumLineCount: 1
        wrapMode: Text.WrapAnywhere
    }

    Row {
        id: buttons

        anchors.right: parent.right
        anchors.rightMargin: Theme.px(4)
        anchors.verticalCenter: parent.verticalCenter

        IconButton {
            objectName: "editChipButton"
            visible: root.editable
            extent: Theme.px(26)
            symbolSize: Theme.px(14)
            symbol: "edit"
            text: qsTr("Edit")
            onClicked: root.editRequested()
        }

        IconButton {
            objectName: "removeChipButton"
            extent: Theme.px(26)
            symbolSize: Theme.px(14)
            symbol: "close"
            text: qsTr("Remove")
            onClicked: root.removeRequested()
        }
    }
}
