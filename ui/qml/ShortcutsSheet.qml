pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// All keys on one sheet.
AppPopup {
    id: root

    readonly property var rows: [
        { keys: "Ctrl+N", what: qsTr("New chat") },
        { keys: "Ctrl+1 … 9", what: qsTr("Open one of the first nine chats") },
        { keys: "Ctrl+F, Ctrl+Shift+F", what: qsTr("Search conversations") },
        { keys: "Ctrl+B", what: qsTr("Show or hide conversations") },
        { keys: "Ctrl+L", what: qsTr("Choose a model") },
        { keys: "Ctrl+,", what: qsTr("Settings") },
        { keys: "Ctrl++, Ctrl+−, Ctrl+0", what: qsTr("Larger, smaller, normal text") },
        { keys: "F6", what: qsTr("Go to the next part of the window") },
        { keys: "Enter", what: qsTr("Send the message") },
        { keys: "Shift+Enter", what: qsTr("Begin a new line") },
        { keys: "↑", what: qsTr("Edit the last message, from an empty box") },
        { keys: "Esc", what: qsTr("Stop the answer, or close what is open") },
        { keys: "F2, Delete", what: qsTr("Rename or delete the chosen conversation") },
        { keys: "Ctrl+/", what: qsTr("This sheet") }
    ]

    objectName: "shortcutsSheet"
    anchors.centerIn: T.Overlay.overlay
    modal: true
    padding: Theme.px(24)
    width: Math.min(Theme.px(560), parent ? parent.width - 2 * margins : 560)
    height: Math.min(column.height + 2 * padding, parent ? parent.height - 2 * margins : 600)

    Flickable {
        anchors.fill: parent
        contentHeight: column.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: AppScrollBar {}

        Column {
            id: column

            width: parent.width

            PlainText {
                bottomPadding: Theme.px(12)
                text: qsTr("Keyboard shortcuts")
                font.pixelSize: Theme.fontTitle
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }

            Repeater {
                model: root.rows

                ShortcutRow { width: column.width }
            }
        }
    }
}
