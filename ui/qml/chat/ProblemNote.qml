import QtQuick
import Inglenook.Ui

/// A sentence about what went wrong, where it went wrong.
Item {
    id: root

    required property string text
    property color color: Theme.danger

    implicitHeight: Math.max(sign.height, words.implicitHeight)

    Icon {
        id: sign

        symbol: "warning"
        size: Theme.px(16)
        y: Theme.px(1)
        color: root.color
    }

    PlainText {
        id: words

        x: sign.width + Theme.px(8)
        width: root.width - x
        text: root.text
        color: root.color
        font.pixelSize: Theme.fontSmall
        wrapMode: Text.Wrap
    }
}
