import QtQuick
import Inglenook.Ui

/// Several lines of text; kept when the person leaves the field.
AppTextArea {
    id: root

    required property string value

    signal chosen(string text)

    implicitHeight: Math.max(contentHeight + topPadding + bottomPadding, Theme.px(84))
    font.pixelSize: Theme.fontSmall
    text: value
    onValueChanged: if (text !== value) text = value
    onActiveFocusChanged: if (!activeFocus && text !== value) chosen(text)
    Component.onDestruction: if (text !== value) chosen(text)

    background: Rectangle {
        radius: Theme.radius
        color: Theme.raised
        border.width: root.activeFocus ? 2 : 1
        border.color: root.activeFocus ? Theme.accent : Theme.line
    }
}
