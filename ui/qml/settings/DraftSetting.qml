import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What guesses for the model that is loaded; kept for each model.
SettingRow {
    id: root

    required property ModelController models

    readonly property string choice: settings.drafts[models.currentPath] ?? "auto"

    key: "drafts"
    resettable: false // all models' choices would go
    title: models.currentName === "" ? qsTr("Guess ahead") : qsTr("Guess ahead for %1").arg(models.currentName)
    description: qsTr("A smaller model, or the text so far, guesses the next words. The answers stay the same, only faster.")
                 + (models.draftName === "" ? "" : " " + qsTr("%1 guesses now.").arg(models.draftName))

    AppComboBox {
        readonly property var values: ["auto", "none", ...root.models.draftPaths]

        objectName: "draftChoice"
        Accessible.name: qsTr("Guess ahead")
        implicitWidth: Theme.px(220)
        enabled: root.models.currentPath !== ""
        opacity: enabled ? 1 : 0.5
        model: [qsTr("Automatic"), qsTr("Off"), ...root.models.draftNames]
        currentIndex: values.indexOf(root.choice)
        displayText: currentIndex < 0 ? root.choice.slice(root.choice.lastIndexOf("/") + 1) : currentText
        // A list that changes would begin at its first line.
        onModelChanged: currentIndex = Qt.binding(() => values.indexOf(root.choice))
        onActivated: index => root.settings.setDraft(root.models.currentPath, values[index])
    }
}
