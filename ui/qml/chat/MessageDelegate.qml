pragma ComponentBehavior: Bound

import QtQuick
import Inglenook.App
import Inglenook.Ui

/// One message: the person's in a bubble on the right, the model's as plain text on the page.
Item {
    id: root

    required property int index
    required property real messageId
    required property int author
    required property string text
    required property MessageBlocks blocks
    required property bool streaming
    required property int versionIndex
    required property int versionCount
    required property string statusText
    required property string problem
    required property string note

    /// How many messages there are, to say "message 4 of 12".
    property int total: 0
    property bool showStatistics: true
    /// The keyboard is at this message.
    property bool current: false

    readonly property bool fromUser: author === MessageListModel.User
    readonly property bool isLast: index === total - 1

    signal copyRequested(real messageId)
    signal copyTextRequested(string text)
    signal editRequested(real messageId, string text)
    signal regenerateRequested(real messageId)
    signal deleteRequested(real messageId)
    signal versionRequested(real messageId, int version)
    signal menuRequested()

    implicitHeight: column.height + (fromUser ? 0 : Theme.px(18))
    Accessible.role: Accessible.ListItem
    Accessible.name: (root.fromUser ? qsTr("You, message %1 of %2") : qsTr("Assistant, message %1 of %2"))
                     .arg(root.index + 1).arg(root.total)
    Accessible.description: root.text

    HoverHandler { id: hover }

    TapHandler {
        acceptedButtons: Qt.RightButton
        onTapped: root.menuRequested()
    }

    FocusRing {
        anchors.fill: column
        visible: root.current
        distance: Theme.px(6)
    }

    Column {
        id: column

        readonly property int available: Math.min(Theme.columnWidth, root.width - 2 * Theme.margin)

        x: Math.round((root.width - available) / 2)
        width: available
        spacing: Theme.px(6)

        PlainText {
            objectName: "leftOutNote"
            width: parent.width
            visible: root.note !== ""
            text: root.note
            color: Theme.muted
            font.pixelSize: Theme.fontSmall
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }

        Repeater {
            model: root.fromUser ? 1 : 0

            UserBubble {
                x: column.width - width
                text: root.text
                widest: column.width * 0.82
            }
        }

        Column {
            width: parent.width
            spacing: Theme.px(5)
            visible: !root.fromUser

            Repeater {
                model: root.fromUser ? null : root.blocks

                BlockDelegate {
                    width: column.width
                    onCopyRequested: text => root.copyTextRequested(text)
                }
            }
        }

        WaitingDot {
            objectName: "waitingDot"
            visible: root.streaming && root.text === ""
        }

        ProblemNote {
            width: parent.width
            visible: root.problem !== ""
            text: root.problem
        }

        MessageFooter {
            id: footer

            width: column.width
            fromUser: root.fromUser
            versionIndex: root.versionIndex
            versionCount: root.versionCount
            statusText: root.showStatistics ? root.statusText : ""
            streaming: root.streaming
            toolsShown: hover.hovered || root.current || (root.isLast && !root.fromUser)
            onVersionRequested: version => root.versionRequested(root.messageId, version)
        }
    }

    Connections {
        target: footer.actions

        function onCopyRequested() { root.copyRequested(root.messageId) }
        function onEditRequested() { root.editRequested(root.messageId, root.text) }
        function onRegenerateRequested() { root.regenerateRequested(root.messageId) }
        function onDeleteRequested() { root.deleteRequested(root.messageId) }
    }
}
