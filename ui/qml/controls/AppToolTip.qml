import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.ToolTip {
    id: root

    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + Theme.px(4) : 0
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    margins: Theme.px(6)
    horizontalPadding: Theme.px(9)
    verticalPadding: Theme.px(5)
    delay: 600
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent
                 | T.Popup.CloseOnReleaseOutsideParent

    contentItem: PlainText {
        text: root.text
        color: Theme.page
        font.pixelSize: Theme.fontTiny
    }

    background: Rectangle {
        radius: Theme.px(6)
        color: Theme.text
    }
}
