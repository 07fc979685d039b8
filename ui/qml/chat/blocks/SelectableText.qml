import QtQuick
import Inglenook.Ui

/// Words of a message: plain text that can be marked and copied.
TextEdit {
    id: root

    property alias lineSpacing: spacing.factor

    readOnly: true
    selectByMouse: true
    textFormat: TextEdit.PlainText
    wrapMode: TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    font.pixelSize: Theme.fontReading
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    LineHeight {
        id: spacing

        document: root.textDocument
        factor: Theme.lineHeight
    }
}
