pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// One of a few, side by side.
Rectangle {
    id: root

    required property list<string> choices
    property int current: 0

    signal chosen(int choice)

    implicitWidth: row.width + Theme.px(6)
    implicitHeight: Theme.controlHeight
    radius: Theme.radius
    color: Theme.hover

    Row {
        id: row

        anchors.centerIn: parent

        Repeater {
            model: root.choices

            T.RadioButton {
                id: choice

                required property string modelData
                required property int index

                implicitWidth: implicitContentWidth + Theme.px(26)
                implicitHeight: root.height - Theme.px(6)
                hoverEnabled: true
                focusPolicy: Qt.TabFocus
                checked: root.current === index
                text: modelData
                Accessible.name: modelData
                onClicked: root.chosen(index)

                contentItem: PlainText {
                    text: choice.modelData
                    color: choice.checked || choice.hovered ? Theme.text : Theme.muted
                    font.pixelSize: Theme.fontSmall
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                }

                background: Rectangle {
                    radius: Theme.radius - Theme.px(2)
                    color: choice.checked ? Theme.raised : "transparent"

                    FocusRing {
                        visible: choice.visualFocus
                        distance: 0
                    }
                }
            }
        }
    }
}
