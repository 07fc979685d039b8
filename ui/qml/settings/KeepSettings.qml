import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What the model has read, kept on disk.
Column {
    id: root

    required property SettingsController settings
    required property ModelController models
    property string query

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "keepPages"
        title: qsTr("Keep what was read")
        description: qsTr("On this computer's disk, so that long conversations go on at once, also after a restart. Deleted with the conversation, or when this is switched off.")
                     + (root.models.cacheNote === "" ? "" : "\n" + root.models.cacheNote)

        AppSwitch {
            objectName: "keepPagesSwitch"
            text: qsTr("Keep what was read")
            checked: root.settings.keepPages
            onToggled: root.settings.keepPages = checked
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "pageGigabytes"
        enabled: root.settings.keepPages
        opacity: enabled ? 1 : 0.5
        title: qsTr("Space for what was read")
        description: qsTr("In GB. What was unused longest makes room.")

        AppNumberField {
            objectName: "pageGigabytesField"
            Accessible.name: qsTr("Space for what was read")
            from: 1
            to: 10000
            value: root.settings.pageGigabytes
            onValueModified: root.settings.pageGigabytes = value
        }
    }
}
