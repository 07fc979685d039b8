import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// Many lines of plain text. Wrap it in a Flickable where it may grow beyond its place.
T.TextArea {
    id: root

    implicitWidth: Theme.px(240)
    implicitHeight: Math.max(contentHeight + topPadding + bottomPadding, Theme.controlHeight)
    padding: Theme.px(10)
    textFormat: TextEdit.PlainText
    wrapMode: TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    placeholderTextColor: Theme.muted
    font.pixelSize: Theme.fontBody
    selectByMouse: true
    Accessible.name: placeholderText

    PlainText {
        x: root.leftPadding
        y: root.topPadding
        width: root.width - root.leftPadding - root.rightPadding
        visible: root.length === 0 && root.preeditText === ""
        text: root.placeholderText
        color: root.placeholderTextColor
        font: root.font
        elide: Text.ElideRight
        Accessible.ignored: true
    }
}
