import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// A button with words. One `primary` button per place at most.
T.Button {
    id: root

    property bool primary: false
    property bool quiet: false
    property string symbol

    readonly property color ink: primary ? Theme.accentInk : Theme.text

    implicitHeight: Theme.controlHeight
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    leftPadding: Theme.px(14)
    rightPadding: Theme.px(14)
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    opacity: enabled ? 1 : 0.5
    Accessible.name: text
    Accessible.onPressAction: clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: ButtonLabel {
        symbol: root.symbol
        text: root.text
        ink: root.ink
        weight: root.primary ? Font.DemiBold : Font.Normal
    }

    background: Rectangle {
        radius: Theme.radius
        color: root.primary ? (root.hovered ? Theme.accentHover : Theme.accent)
                            : root.down ? Theme.pressed
                            : root.hovered ? Theme.hover
                            : root.quiet ? "transparent" : Theme.raised
        border.width: root.primary || root.quiet ? 0 : 1
        border.color: Theme.line

        FocusRing { visible: root.visualFocus }
    }
}
