import QtQuick
import Inglenook.Ui

/// Which version of a message is shown, of how many: < 2/3 >
Row {
    id: root

    required property int index
    required property int count

    signal selected(int index)

    visible: count > 1
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Version %1 of %2").arg(root.index + 1).arg(root.count)

    IconButton {
        objectName: "previousVersion"
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "left"
        text: qsTr("Previous version")
        enabled: root.index > 0
        onClicked: root.selected(root.index - 1)
    }

    PlainText {
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("%1/%2").arg(root.index + 1).arg(root.count)
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
    }

    IconButton {
        objectName: "nextVersion"
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "right"
        text: qsTr("Next version")
        enabled: root.index < root.count - 1
        onClicked: root.selected(root.index + 1)
    }
}
