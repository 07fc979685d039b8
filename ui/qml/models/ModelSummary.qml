import QtQuick
import Inglenook.Ui

/// What there is to say about a model file before it is chosen.
Item {
    id: root

    required property string name
    required property string facts
    required property string fitText
    required property bool fits
    required property string problem
    required property bool current
    required property bool starter

    readonly property bool usable: problem === ""

    implicitHeight: column.implicitHeight

    Column {
        id: column

        anchors.verticalCenter: parent.verticalCenter
        x: Theme.px(12)
        width: parent.width - x - Theme.px(44)
        spacing: Theme.px(3)

        Row {
            width: parent.width
            spacing: Theme.px(8)

            PlainText {
                width: Math.min(implicitWidth, parent.width - (badge.visible ? badge.width + parent.spacing : 0))
                text: root.name
                color: root.usable ? Theme.text : Theme.muted
                font.weight: root.current ? Font.DemiBold : Font.Normal
                elide: Text.ElideRight
            }

            Badge {
                id: badge

                anchors.verticalCenter: parent.verticalCenter
                visible: root.starter
                text: qsTr("comes with Inglenook")
            }
        }

        Row {
            visible: root.usable
            spacing: Theme.px(8)

            PlainText {
                text: root.facts
                color: Theme.muted
                font.pixelSize: Theme.fontTiny
            }

            PlainText {
                visible: root.fits
                text: root.fitText
                color: Theme.good
                font.pixelSize: Theme.fontTiny
            }
        }

        PlainText {
            width: parent.width
            text: !root.usable ? root.problem : root.fits ? "" : root.fitText
            visible: text !== ""
            color: Theme.danger
            font.pixelSize: Theme.fontTiny
            wrapMode: Text.Wrap
        }
    }

    Icon {
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(14)
        anchors.verticalCenter: parent.verticalCenter
        visible: root.current
        symbol: "check"
        color: Theme.accent
    }
}
