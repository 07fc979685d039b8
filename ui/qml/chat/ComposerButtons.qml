import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// Send, and Stop while a reply runs.
Row {
    id: root

    required property bool busy
    required property bool stopping
    required property bool canSend

    signal sendClicked()
    signal stopClicked()

    spacing: Theme.px(6)

    component Round: T.Button {
        id: round

        required property string symbol
        property bool strong: true

        implicitWidth: Theme.px(36)
        implicitHeight: Theme.px(36)
        focusPolicy: Qt.TabFocus
        hoverEnabled: true
        Accessible.name: text
        Accessible.onPressAction: clicked()
        Keys.onReturnPressed: clicked()

        contentItem: Item {
            Icon {
                anchors.centerIn: parent
                symbol: round.symbol
                color: !round.enabled ? Theme.muted : round.strong ? Theme.accentInk : Theme.text
            }
        }

        background: Rectangle {
            radius: width / 2
            color: !round.enabled ? Theme.hover
                   : !round.strong ? (round.hovered ? Theme.pressed : Theme.hover)
                   : round.hovered ? Theme.accentHover : Theme.accent

            FocusRing {
                visible: round.visualFocus
                radius: height / 2
            }
        }
    }

    Round {
        objectName: "stopButton"
        visible: root.busy
        enabled: !root.stopping
        strong: !root.canSend
        symbol: "stop"
        text: qsTr("Stop answering")
        onClicked: root.stopClicked()
    }

    Round {
        objectName: "sendButton"
        visible: !root.busy || root.canSend
        enabled: root.canSend
        symbol: "send"
        text: root.busy ? qsTr("Send after this answer") : qsTr("Send")
        onClicked: root.sendClicked()
    }
}
