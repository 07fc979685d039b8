import QtQuick
import Inglenook.Ui

/// What can be done with one message. Always there for the keyboard, seen on hover and focus.
Row {
    id: root

    required property bool fromUser
    property bool shown: true

    readonly property bool holdsFocus: copy.visualFocus || edit.visualFocus || regenerate.visualFocus
                                       || remove.visualFocus

    signal copyRequested()
    signal editRequested()
    signal regenerateRequested()
    signal deleteRequested()

    opacity: shown || holdsFocus ? 1 : 0

    Behavior on opacity {
        NumberAnimation { duration: Theme.moment }
    }

    CopyButton {
        id: copy

        objectName: "copyButton"
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        text: qsTr("Copy")
        onClicked: root.copyRequested()
    }

    IconButton {
        id: edit

        objectName: "editButton"
        visible: root.fromUser
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "edit"
        text: qsTr("Edit")
        onClicked: root.editRequested()
    }

    IconButton {
        id: regenerate

        objectName: "regenerateButton"
        visible: !root.fromUser
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "regenerate"
        text: qsTr("Answer again")
        onClicked: root.regenerateRequested()
    }

    IconButton {
        id: remove

        objectName: "deleteButton"
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "delete"
        text: qsTr("Delete")
        onClicked: root.deleteRequested()
    }
}
