pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// One conversation of the list.
T.ItemDelegate {
    id: root

    required property int index
    required property real conversationId
    required property string title
    required property string snippet
    required property bool busy
    required property bool unread
    required property bool pinned
    required property bool current

    /// The keyboard is at this row.
    property bool focused: false
    property bool renaming: false

    signal opened()
    signal renameRequested()
    signal menuRequested()
    signal renamed(string title)
    signal editingFinished()


    function endRename(keep: bool, title: string) {
        if (keep && title.trim() !== "" && title !== root.title)
            renamed(title.trim())
        editingFinished()
    }

    implicitHeight: Theme.px(snippet === "" ? 38 : 58)
    hoverEnabled: true
    focusPolicy: Qt.NoFocus
    Accessible.name: title
    Accessible.description: root.busy ? qsTr("answering") : root.unread ? qsTr("new answer") : snippet
    Accessible.onPressAction: opened()
    onClicked: opened()
    onDoubleClicked: renameRequested()

    TapHandler {
        acceptedButtons: Qt.RightButton
        onTapped: root.menuRequested()
    }

    contentItem: Item {
        ConversationRow {
            anchors.fill: parent
            visible: !root.renaming
            title: root.title
            snippet: root.snippet
            busy: root.busy
            unread: root.unread
            pinned: root.pinned
            tools: root.hovered || root.focused
            onMenuClicked: root.menuRequested()
        }

        Repeater {
            model: root.renaming ? 1 : 0

            RenameField {
                anchors.fill: parent
                anchors.leftMargin: Theme.px(12)
                anchors.rightMargin: Theme.px(12)
                title: root.title
                onFinished: (keep, title) => root.endRename(keep, title)
            }
        }
    }

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.leftMargin: Theme.px(8)
            anchors.rightMargin: Theme.px(8)
            anchors.topMargin: 1
            anchors.bottomMargin: 1
            radius: Theme.radius
            color: root.current ? Theme.selected : root.down ? Theme.pressed
                   : root.hovered ? Theme.hover : "transparent"

            FocusRing {
                visible: root.focused && !root.renaming
                distance: 0
            }
        }
    }
}
