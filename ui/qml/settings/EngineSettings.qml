import QtQuick
import Inglenook.App
import Inglenook.Ui

SettingsGroup {
    id: root

    required property SettingsController settings
    required property ModelController models
    property string query

    title: qsTr("Running the model")

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "device"
        title: qsTr("Device")
        description: qsTr("Where the model computes. Auto takes the fastest one, or several cards where they are faster together.")

        AppComboBox {
            objectName: "deviceChoice"
            Accessible.name: qsTr("Device")
            implicitWidth: Theme.px(220)
            model: root.models.devices
            currentIndex: indexOfValue(root.settings.device)
            displayText: currentIndex < 0 ? root.settings.device : currentText
            onActivated: root.settings.device = currentText
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "split"
        title: qsTr("Several devices")
        description: qsTr("How they share a model: by measured speed, by parts of every layer, by whole layers, or with the experts of a mixture on the second.")

        AppComboBox {
            readonly property var values: ["auto", "tensor", "layer", "experts"]

            objectName: "splitChoice"
            Accessible.name: qsTr("Several devices")
            implicitWidth: Theme.px(220)
            model: [qsTr("As measured"), qsTr("Parts of every layer"), qsTr("Whole layers"), qsTr("Experts apart")]
            currentIndex: values.indexOf(root.settings.split)
            displayText: currentIndex < 0 ? root.settings.split : currentText
            onActivated: index => root.settings.split = values[index]
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "threads"
        title: qsTr("Processor threads")
        description: qsTr("0: one per core.")

        AppNumberField {
            objectName: "threadsField"
            Accessible.name: qsTr("Processor threads")
            to: 256
            value: root.settings.threads
            onValueModified: root.settings.threads = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "contextTokens"
        title: qsTr("Length of a conversation")
        description: qsTr("In tokens; longer ones take more memory. 0: what fits.")

        AppNumberField {
            objectName: "contextTokensField"
            Accessible.name: qsTr("Length of a conversation")
            to: 1048576
            stepSize: 1024
            value: root.settings.contextTokens
            onValueModified: root.settings.contextTokens = value
        }
    }

    DraftSetting {
        width: root.width
        settings: root.settings
        models: root.models
        query: root.query
    }

    KeepSettings {
        width: root.width
        settings: root.settings
        models: root.models
        query: root.query
    }

    Item {
        width: root.width
        visible: root.query === ""
        implicitHeight: note.height + Theme.px(26)

        PlainText {
            id: note

            objectName: "loadNote"
            y: Theme.px(13)
            width: parent.width - reload.width - Theme.px(16)
            text: qsTr("These are used the next time a model is loaded.")
                  + (root.models.deviceNote === "" ? "" : "\n" + root.models.deviceNote)
            color: Theme.muted
            font.pixelSize: Theme.fontSmall
            wrapMode: Text.Wrap
        }

        AppButton {
            id: reload

            objectName: "reloadModelButton"
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            visible: root.models.state === ModelController.Loaded
            text: qsTr("Load the model again")
            onClicked: root.models.load(root.models.currentPath)
        }
    }
}
