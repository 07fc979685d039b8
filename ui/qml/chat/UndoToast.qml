import QtQuick
import Inglenook.Ui

/// Says what was just removed and takes it back on request; leaves by itself.
Rectangle {
    id: root

    property alias interval: countdown.interval

    signal undone()

    function show(sentence: string) {
        message.text = sentence
        visible = true
        countdown.restart()
    }

    objectName: "undoToast"
    visible: false
    implicitWidth: row.width + Theme.px(24)
    implicitHeight: Theme.px(46)
    radius: Theme.px(12)
    color: Theme.text
    Accessible.role: Accessible.AlertMessage
    Accessible.name: message.text

    Timer {
        id: countdown

        interval: 8000
        onTriggered: root.visible = false
    }

    Row {
        id: row

        anchors.centerIn: parent
        spacing: Theme.px(14)

        PlainText {
            id: message

            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, Theme.px(320))
            color: Theme.page
            font.pixelSize: Theme.fontSmall
            elide: Text.ElideRight
        }

        AppButton {
            objectName: "undoButton"
            primary: true
            text: qsTr("Undo")
            onClicked: {
                root.visible = false
                root.undone()
            }
        }
    }
}
