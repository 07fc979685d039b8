import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// The box to write in: grows with its lines up to `tallest`, then scrolls.
Flickable {
    id: root

    property alias text: area.text
    property alias input: area
    property int tallest: Theme.px(240)

    signal submitted()
    signal upPressedWhenEmpty()
    signal escapePressed(var event)

    implicitHeight: Math.min(tallest, area.implicitHeight)
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    flickableDirection: Flickable.VerticalFlick
    T.ScrollBar.vertical: AppScrollBar {}

    T.TextArea.flickable: AppTextArea {
        id: area

        objectName: "composerInput"
        focus: true
        font.pixelSize: Theme.fontReading
        leftPadding: Theme.px(14)
        rightPadding: Theme.px(10)
        topPadding: Theme.px(12)
        bottomPadding: Theme.px(12)
        placeholderText: qsTr("Write a message")
        Accessible.name: qsTr("Message")

        // Enter belongs to the input method while it composes.
        Keys.onPressed: event => {
            const composing = area.preeditText !== "" || area.inputMethodComposing
            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter
            if (enter && !composing && !(event.modifiers & Qt.ShiftModifier)) {
                event.accepted = true
                root.submitted()
            } else if (event.key === Qt.Key_Up && area.length === 0 && !composing) {
                event.accepted = true
                root.upPressedWhenEmpty()
            } else if (event.key === Qt.Key_Escape && !composing) {
                root.escapePressed(event)
            }
        }
    }
}
