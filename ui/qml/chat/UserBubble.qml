import QtQuick
import Inglenook.Ui

/// What the person said.
Rectangle {
    id: root

    required property string text
    /// The widest it may become.
    required property int widest

    implicitWidth: Math.min(widest, measure.implicitWidth + 2 * words.x)
    implicitHeight: words.implicitHeight + Theme.px(16)
    radius: Theme.px(14)
    color: Theme.bubble

    // The natural width; of a selectable text that wraps it cannot be asked.
    PlainText {
        id: measure

        visible: false
        text: root.text
        font: words.font
    }

    SelectableText {
        id: words

        // Spaced lines leave their space below them.
        x: Theme.px(15)
        y: Theme.px(11)
        width: root.width - 2 * x
        text: root.text
    }
}
