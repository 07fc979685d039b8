import QtQuick
import Inglenook.Ui

/// What the composer holds besides its text.
Column {
    id: root

    required property string queuedText
    required property bool editing

    signal queuedEditRequested()
    signal queuedRemoveRequested()
    signal editCancelled()

    topPadding: queued.visible || edited.visible ? Theme.px(8) : 0
    spacing: Theme.px(4)

    Chip {
        id: queued

        objectName: "queuedChip"
        x: Theme.px(10)
        width: root.width - 2 * x
        visible: root.queuedText !== ""
        label: qsTr("Next")
        text: root.queuedText
        editable: true
        onEditRequested: root.queuedEditRequested()
        onRemoveRequested: root.queuedRemoveRequested()
    }

    Chip {
        id: edited

        objectName: "editChip"
        x: Theme.px(10)
        width: root.width - 2 * x
        visible: root.editing
        label: qsTr("Editing a message")
        text: qsTr("the earlier version is kept")
        onRemoveRequested: root.editCancelled()
    }
}
