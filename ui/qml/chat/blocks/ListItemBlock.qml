import QtQuick
import Inglenook.Ui

/// One item of a list; level 1 is the outermost.
Item {
    id: root

    required property BlockDelegate block

    readonly property int indent: Theme.px(20) * Math.max(0, block.level - 1)

    implicitHeight: words.implicitHeight
    LayoutMirroring.childrenInherit: true

    PlainText {
        id: mark

        x: root.indent
        width: Math.max(Theme.px(22), implicitWidth + Theme.px(6))
        height: words.positionToRectangle(0).height
        verticalAlignment: Text.AlignVCenter
        text: root.block.marker
        color: Theme.accent
        font.weight: Font.DemiBold
    }

    SelectableText {
        id: words

        x: mark.x + mark.width
        width: root.width - x
        text: root.block.text
    }
}
