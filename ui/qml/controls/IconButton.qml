pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// A button that is only a symbol; `text` is its name and its tooltip.
T.Button {
    id: root

    required property string symbol
    property color ink: hovered || visualFocus ? Theme.text : Theme.muted
    property int extent: Theme.px(32)
    property int symbolSize: Theme.iconSize
    /// Keys named in the tooltip.
    property string keys

    implicitWidth: extent
    implicitHeight: extent
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    opacity: enabled ? 1 : 0.4
    Accessible.name: text
    Accessible.onPressAction: clicked()
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            symbol: root.symbol
            size: root.symbolSize
            color: root.ink
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: root.down || root.checked ? Theme.pressed : root.hovered ? Theme.hover : "transparent"

        FocusRing {
            visible: root.visualFocus
            distance: 0
        }
    }

    // Made only while it is needed; a Loader cannot make bound components in Qt 6.4.
    Repeater {
        model: root.hovered && root.text !== "" ? 1 : 0

        Item {
            anchors.fill: parent

            AppToolTip {
                visible: true
                text: root.keys === "" ? root.text : root.text + "   " + root.keys
            }
        }
    }
}
