import QtQuick
import Inglenook.App
import Inglenook.Ui

SettingsGroup {
    id: root

    required property SettingsController settings
    property string query

    title: qsTr("Appearance")

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "theme"
        title: qsTr("Light or dark")

        ChoiceBar {
            objectName: "themeChoice"
            choices: [qsTr("System"), qsTr("Light"), qsTr("Dark")]
            current: root.settings.theme
            onChosen: choice => root.settings.theme = choice
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "textScale"
        title: qsTr("Text size")
        description: qsTr("%1 %").arg(Math.round(root.settings.textScale * 100))

        ValueSlider {
            objectName: "textScaleSlider"
            name: qsTr("Text size")
            from: 0.8
            to: 2
            step: 0.1
            value: root.settings.textScale
            // The slider itself grows with the text, so it waits for the hand to leave.
            live: false
            valueShown: false
            onChosen: value => root.settings.textScale = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "showStatistics"
        title: qsTr("Show figures")
        description: qsTr("Tokens per second, time to the first token, and the device, below each answer.")

        AppSwitch {
            objectName: "showStatisticsSwitch"
            text: qsTr("Show figures")
            checked: root.settings.showStatistics
            onToggled: root.settings.showStatistics = checked
        }
    }
}
