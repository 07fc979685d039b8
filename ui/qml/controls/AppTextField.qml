import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.TextField {
    id: root

    implicitHeight: Theme.controlHeight
    implicitWidth: Theme.px(200)
    leftPadding: Theme.px(11)
    rightPadding: Theme.px(11)
    verticalAlignment: TextInput.AlignVCenter
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    placeholderTextColor: Theme.muted
    font.pixelSize: Theme.fontSmall
    selectByMouse: true
    Accessible.name: placeholderText

    PlainText {
        anchors.fill: parent
        anchors.leftMargin: root.leftPadding
        anchors.rightMargin: root.rightPadding
        verticalAlignment: Text.AlignVCenter
        visible: root.text === "" && root.preeditText === ""
        text: root.placeholderText
        color: root.placeholderTextColor
        font: root.font
        elide: Text.ElideRight
        Accessible.ignored: true
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.raised
        border.width: root.activeFocus ? 2 : 1
        border.color: root.activeFocus ? Theme.accent : Theme.line
    }
}
