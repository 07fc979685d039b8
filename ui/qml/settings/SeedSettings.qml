import QtQuick
import Inglenook.App
import Inglenook.Ui

/// Answers that can be had again.
Column {
    id: root

    required property SettingsController settings
    property string query

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "fixedSeed"
        title: qsTr("The same answer every time")
        description: qsTr("The same question with the same settings gets the same answer.")

        AppSwitch {
            objectName: "fixedSeedSwitch"
            text: qsTr("The same answer every time")
            checked: root.settings.fixedSeed
            onToggled: root.settings.fixedSeed = checked
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "seed"
        enabled: root.settings.fixedSeed
        opacity: enabled ? 1 : 0.5
        title: qsTr("Seed")
        description: qsTr("Another number, another answer.")

        AppNumberField {
            objectName: "seedField"
            Accessible.name: qsTr("Seed")
            to: 2147483647
            value: root.settings.seed
            onValueModified: root.settings.seed = value
        }
    }
}
