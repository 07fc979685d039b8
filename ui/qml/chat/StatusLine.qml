import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What is happening now, in one quiet line below the composer.
Item {
    id: root

    required property ChatController chat
    required property ModelController models
    property bool showStatistics: true

    readonly property string sentence: {
        if (models.state === ModelController.Loading)
            return qsTr("Loading %1 …").arg(models.currentName)
        switch (chat.state) {
        case ChatController.Waiting:
            return qsTr("Waiting for the model …")
        case ChatController.ReadingPrompt:
            return chat.reusedTokens > 0 && showStatistics
                ? qsTr("Reading, %1 of %2 tokens, %3 reused")
                  .arg(whole(chat.promptDone)).arg(whole(chat.promptTotal)).arg(whole(chat.reusedTokens))
                : qsTr("Reading, %1 of %2 tokens").arg(whole(chat.promptDone)).arg(whole(chat.promptTotal))
        case ChatController.Answering:
            return showStatistics && chat.tokensPerSecond > 0
                ? qsTr("Answering, %1 tokens/s on %2")
                  .arg(Number(chat.tokensPerSecond).toLocaleString(Qt.locale(), "f", chat.tokensPerSecond < 100 ? 1 : 0))
                  .arg(chat.deviceName)
                : qsTr("Answering …")
        case ChatController.Stopping:
            return qsTr("Stopping …")
        default:
            return idle
        }
    }

    readonly property string idle: models.state === ModelController.Loaded
        ? (showStatistics ? qsTr("%1 runs here, on %2").arg(models.currentName).arg(models.deviceName)
                          : qsTr("%1 runs here").arg(models.currentName))
        : qsTr("No model is loaded")

    function whole(number: int): string {
        return Number(number).toLocaleString(Qt.locale(), "f", 0)
    }

    implicitHeight: Theme.px(24)
    Accessible.role: Accessible.StatusBar
    Accessible.name: sentence

    PlainText {
        anchors.fill: parent
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: root.sentence
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        elide: Text.ElideRight
    }

    Rectangle {
        visible: root.chat.state === ChatController.ReadingPrompt && root.chat.promptTotal > 0
        anchors.horizontalCenter: parent.horizontalCenter
        y: parent.height - height - Theme.px(1)
        width: Theme.px(160)
        height: Theme.px(2)
        color: Theme.pressed

        Rectangle {
            width: parent.width * root.chat.promptDone / Math.max(1, root.chat.promptTotal)
            height: parent.height
            color: Theme.accent
        }
    }
}
