import QtQuick
import Inglenook.Ui

/// Name and level of a model on its button. Where there is no room for both, the name is cut.
Item {
    id: root

    required property string name
    required property string level

    readonly property int levelAdvance: level === "" ? 0 : Math.ceil(levelText.implicitWidth) + Theme.px(8)

    implicitWidth: Math.ceil(nameText.implicitWidth) + levelAdvance + Theme.px(46)

    PlainText {
        id: nameText

        x: Theme.px(12)
        width: Math.min(implicitWidth, arrow.x - root.levelAdvance - x)
        height: parent.height
        verticalAlignment: Text.AlignVCenter
        text: root.name
        font.pixelSize: Theme.fontSmall
        elide: Text.ElideRight
    }

    PlainText {
        id: levelText

        x: nameText.x + nameText.width + Theme.px(8)
        height: parent.height
        visible: root.level !== ""
        verticalAlignment: Text.AlignVCenter
        text: root.level
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
    }

    Icon {
        id: arrow

        anchors.verticalCenter: parent.verticalCenter
        x: parent.width - width - Theme.px(10)
        symbol: "down"
        size: Theme.px(14)
    }
}
