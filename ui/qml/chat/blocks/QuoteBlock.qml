pragma ComponentBehavior: Bound

import QtQuick
import Inglenook.Ui

Item {
    id: root

    required property BlockDelegate block

    readonly property int depth: Math.max(1, block.level)

    implicitHeight: words.implicitHeight

    Repeater {
        model: root.depth

        Rectangle {
            required property int index

            x: index * Theme.px(14)
            width: Theme.px(3)
            height: root.height - Theme.px(4)
            radius: width / 2
            color: Theme.line
        }
    }

    SelectableText {
        id: words

        x: root.depth * Theme.px(14) + Theme.px(4)
        width: root.width - x
        text: root.block.text
        color: Theme.muted
    }
}
