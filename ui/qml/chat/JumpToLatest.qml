import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// Appears when the transcript is read further up.
T.Button {
    id: root

    property bool shown: false

    objectName: "jumpToLatest"
    text: qsTr("Jump to latest")
    visible: opacity > 0
    opacity: shown ? 1 : 0
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    implicitWidth: implicitContentWidth + Theme.px(28)
    implicitHeight: Theme.controlHeight
    Accessible.name: text
    Accessible.onPressAction: clicked()

    Behavior on opacity {
        NumberAnimation { duration: Theme.moment }
    }

    contentItem: ButtonLabel {
        symbol: "latest"
        text: root.text
    }

    background: Rectangle {
        radius: height / 2
        color: root.hovered ? Theme.hover : Theme.raised
        border.color: Theme.line

        FocusRing {
            visible: root.visualFocus
            radius: height / 2
        }
    }
}
