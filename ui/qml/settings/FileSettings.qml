import QtQuick
import Inglenook.App
import Inglenook.Ui

SettingsGroup {
    id: root

    required property SettingsController settings
    required property ModelController models
    property string query

    title: qsTr("Files")

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "modelsFolder"
        resettable: false
        wide: true
        title: qsTr("Models folder")
        description: qsTr("GGUF files in this folder appear in the model picker.")

        Column {
            width: parent ? parent.width : 0
            spacing: Theme.gap

            AppTextField {
                objectName: "modelsFolderField"
                width: parent.width
                Accessible.name: qsTr("Models folder")
                text: root.models.modelsFolder
                onEditingFinished: root.models.modelsFolder = text
            }

            AppButton {
                objectName: "openModelsFolderButton"
                symbol: "folder"
                text: qsTr("Open the folder")
                onClicked: root.models.openModelsFolder()
            }
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "databasePath"
        resettable: false
        wide: true
        title: qsTr("Conversations")
        description: qsTr("Your conversations are kept in this one file, on this computer.")

        SelectableText {
            width: parent ? parent.width : 0
            text: root.settings.databasePath
            color: Theme.muted
            font.family: Theme.monospace
            font.pixelSize: Theme.fontSmall
        }
    }
}
