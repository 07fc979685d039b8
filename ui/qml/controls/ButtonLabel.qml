import QtQuick
import Inglenook.Ui

/// A symbol and a word, centred in what they are given.
Item {
    id: root

    property string symbol
    required property string text
    property color ink: Theme.text
    property int weight: Font.Normal

    implicitWidth: row.implicitWidth
    implicitHeight: row.implicitHeight

    Row {
        id: row

        anchors.centerIn: parent
        spacing: Theme.px(7)

        Icon {
            visible: root.symbol !== ""
            anchors.verticalCenter: parent.verticalCenter
            symbol: root.symbol
            color: root.ink
        }

        PlainText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.text
            color: root.ink
            font.pixelSize: Theme.fontSmall
            font.weight: root.weight
        }
    }
}
