import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// A surface above the page. Escape or a click outside closes it.
T.Popup {
    id: root

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.px(12)
    margins: Theme.px(10)
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside

    background: Rectangle {
        radius: Theme.px(12)
        color: Theme.raised
        border.color: Theme.line
    }

    T.Overlay.modal: Rectangle {
        color: Theme.dark ? "#99000000" : "#59302820"
    }

    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.moment }
    }
    exit: Transition {
        NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.moment }
    }
}
