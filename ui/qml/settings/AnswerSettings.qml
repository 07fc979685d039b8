import QtQuick
import Inglenook.App
import Inglenook.Ui

SettingsGroup {
    id: root

    required property SettingsController settings
    property string query

    title: qsTr("Answers")

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "systemPrompt"
        wide: true
        title: qsTr("System prompt")
        description: qsTr("What the model is told before every conversation.")

        TextSetting {
            objectName: "systemPromptField"
            width: parent ? parent.width : 0
            placeholderText: qsTr("You are a helpful assistant …")
            value: root.settings.systemPrompt
            onChosen: text => root.settings.systemPrompt = text
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "temperature"
        title: qsTr("Temperature")
        description: qsTr("Low: sober and repeatable. High: varied. 0: always the most likely word.")

        ValueSlider {
            objectName: "temperatureSlider"
            name: qsTr("Temperature")
            to: 2
            step: 0.05
            value: root.settings.temperature
            onChosen: value => root.settings.temperature = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "topP"
        title: qsTr("Top-p")
        description: qsTr("Choose among the likeliest words that together reach this probability. 1: off.")

        ValueSlider {
            name: qsTr("Top-p")
            value: root.settings.topP
            onChosen: value => root.settings.topP = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "minP"
        title: qsTr("Min-p")
        description: qsTr("Leave out words less likely than this share of the likeliest. 0: off.")

        ValueSlider {
            name: qsTr("Min-p")
            value: root.settings.minP
            onChosen: value => root.settings.minP = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "topK"
        title: qsTr("Top-k")
        description: qsTr("Choose among this many of the likeliest words. 0: off.")

        AppNumberField {
            objectName: "topKField"
            Accessible.name: qsTr("Top-k")
            to: 1000
            value: root.settings.topK
            onValueModified: root.settings.topK = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "repeatPenalty"
        title: qsTr("Repeat penalty")
        description: qsTr("Makes words that were just used less likely. 1: off.")

        ValueSlider {
            name: qsTr("Repeat penalty")
            from: 1
            to: 2
            step: 0.05
            value: root.settings.repeatPenalty
            onChosen: value => root.settings.repeatPenalty = value
        }
    }

    SettingRow {
        width: root.width
        settings: root.settings
        query: root.query
        key: "maxTokens"
        title: qsTr("Longest answer")
        description: qsTr("In tokens. 0: until the model ends.")

        AppNumberField {
            objectName: "maxTokensField"
            Accessible.name: qsTr("Longest answer")
            to: 1000000
            stepSize: 64
            value: root.settings.maxTokens
            onValueModified: root.settings.maxTokens = value
        }
    }

    OverflowSetting {
        width: root.width
        settings: root.settings
        query: root.query
    }

    SeedSettings {
        width: root.width
        settings: root.settings
        query: root.query
    }
}
