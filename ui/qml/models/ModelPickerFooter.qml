import QtQuick
import Inglenook.App
import Inglenook.Ui

/// Where models come from, and what the loaded one takes.
Column {
    id: root

    required property ModelController models

    spacing: Theme.px(6)

    Rectangle {
        width: parent.width
        height: 1
        color: Theme.line
    }

    PlainText {
        x: Theme.px(12)
        width: parent.width - 2 * x
        visible: text !== ""
        text: root.models.state === ModelController.Loaded
              ? qsTr("%1, room for %2 tokens, on %3").arg(root.models.memoryText)
                .arg(Number(root.models.contextTokens).toLocaleString(Qt.locale(), "f", 0))
                .arg(root.models.deviceName)
              : ""
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        wrapMode: Text.Wrap
    }

    PlainText {
        objectName: "draftText"
        x: Theme.px(12)
        width: parent.width - 2 * x
        visible: text !== ""
        text: root.models.draftName === "" ? "" : qsTr("Guesses with %1").arg(root.models.draftName)
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        wrapMode: Text.Wrap
    }

    PlainText {
        objectName: "deviceNote"
        x: Theme.px(12)
        width: parent.width - 2 * x
        visible: text !== ""
        text: root.models.state === ModelController.Loaded ? root.models.deviceNote : ""
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        wrapMode: Text.Wrap
    }

    Flow {
        width: parent.width
        spacing: Theme.px(4)

        AppButton {
            objectName: "openFolderButton"
            quiet: true
            symbol: "folder"
            text: qsTr("Open the models folder")
            onClicked: root.models.openModelsFolder()
        }

        AppButton {
            objectName: "unloadButton"
            visible: root.models.state === ModelController.Loaded
            quiet: true
            text: qsTr("Unload")
            onClicked: root.models.unload()
        }
    }
}
