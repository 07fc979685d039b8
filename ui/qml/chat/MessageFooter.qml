import QtQuick
import Inglenook.Ui

/// Below a message: its versions, what can be done with it, and how the answer went.
Item {
    id: root

    required property bool fromUser
    required property int versionIndex
    required property int versionCount
    required property string statusText
    required property bool streaming
    property bool toolsShown: false
    readonly property alias actions: buttons

    signal versionRequested(int version)

    implicitHeight: Theme.px(28)

    Row {
        id: tools

        x: root.fromUser ? root.width - width + Theme.px(6) : -Theme.px(6)
        spacing: Theme.px(4)
        // The versions stand at the message's own edge.
        layoutDirection: root.fromUser ? Qt.RightToLeft : Qt.LeftToRight

        VersionSwitcher {
            index: root.versionIndex
            count: root.versionCount
            onSelected: version => root.versionRequested(version)
        }

        MessageActions {
            id: buttons

            visible: !root.streaming
            fromUser: root.fromUser
            shown: root.toolsShown
        }
    }

    PlainText {
        anchors.left: tools.right
        anchors.leftMargin: Theme.px(8)
        anchors.right: parent.right
        horizontalAlignment: Text.AlignRight
        anchors.verticalCenter: parent.verticalCenter
        visible: !root.fromUser && !root.streaming
        text: root.statusText
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        elide: Text.ElideRight
    }
}
