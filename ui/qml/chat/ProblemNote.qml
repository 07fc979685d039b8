import QtQuick
import Inglenook.Ui

/// A sentence about what went wrong, where it went wrong.
Item {
    id: root

    required property string text

    implicitHeight: Math.max(sign.height, words.implicitHeight)

    Icon {
        id: sign

        symbol: "warning"
        size: Theme.px(16)
        y: Theme.px(1)
        color: Theme.danger
    }

    PlainText {
        id: words

        x: sign.width + Theme.px(8)
        width: root.width - x
        text: root.text
        color: Theme.danger
        font.pixelSize: Theme.fontSmall
        wrapMode: Text.Wrap
    }
}
