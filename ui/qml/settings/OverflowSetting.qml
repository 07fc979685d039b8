import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What happens to a conversation that is longer than the context.
SettingRow {
    id: root

    key: "overflow"
    title: qsTr("When the conversation is longer than the context")
    description: qsTr("The model forgets; the conversation keeps everything. The system prompt always stays.")

    AppComboBox {
        objectName: "overflowChoice"
        Accessible.name: qsTr("When the conversation is longer than the context")
        implicitWidth: Theme.px(220)
        model: [qsTr("Stop"), qsTr("Forget the oldest"), qsTr("Forget the middle")]
        currentIndex: root.settings.overflow
        onActivated: index => root.settings.overflow = index
    }
}
