import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// A whole number with steps; typed, or with the arrow keys.
T.SpinBox {
    id: root

    implicitWidth: Theme.px(140)
    implicitHeight: Theme.controlHeight
    leftPadding: Theme.px(34)
    rightPadding: Theme.px(34)
    editable: true
    hoverEnabled: true
    validator: IntValidator {
        bottom: root.from
        top: root.to
    }

    contentItem: TextInput {
        text: root.displayText
        color: Theme.text
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.pixelSize: Theme.fontSmall
        horizontalAlignment: TextInput.AlignHCenter
        verticalAlignment: TextInput.AlignVCenter
        readOnly: !root.editable
        validator: root.validator
        inputMethodHints: Qt.ImhDigitsOnly
        selectByMouse: true
        Accessible.name: root.Accessible.name
    }

    down.indicator: Rectangle {
        width: Theme.px(32)
        height: root.height
        radius: Theme.radius
        color: root.down.hovered ? Theme.hover : "transparent"

        Rectangle {
            anchors.centerIn: parent
            width: Theme.px(10)
            height: Theme.px(2)
            color: Theme.muted
        }
    }

    up.indicator: Rectangle {
        x: root.width - width
        width: Theme.px(32)
        height: root.height
        radius: Theme.radius
        color: root.up.hovered ? Theme.hover : "transparent"

        Rectangle {
            anchors.centerIn: parent
            width: Theme.px(10)
            height: Theme.px(2)
            color: Theme.muted
        }

        Rectangle {
            anchors.centerIn: parent
            width: Theme.px(2)
            height: Theme.px(10)
            color: Theme.muted
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.raised
        border.width: root.activeFocus ? 2 : 1
        border.color: root.activeFocus ? Theme.accent : Theme.line
    }
}
