pragma ComponentBehavior: Bound

import QtQuick
import Inglenook.App
import Inglenook.Ui

/// A conversation that has not begun: who answers, and a few things to ask.
Flickable {
    id: root

    required property ModelController models

    readonly property bool ready: models.state === ModelController.Loaded
    readonly property bool loading: models.state === ModelController.Loading
    // What even the guide that ships answers well (tests/inference/engine_test.cpp)
    readonly property list<string> questions: [
        qsTr("What can you do?"),
        qsTr("How do I add a model?"),
        qsTr("What is 347 + 285?"),
        qsTr("Where are my conversations kept?")
    ]

    signal asked(string question)
    signal modelsRequested()

    contentHeight: Math.max(height, column.height + Theme.px(40))
    boundsBehavior: Flickable.StopAtBounds
    clip: true

    Column {
        id: column

        width: Math.min(Theme.px(560), root.width - 2 * Theme.margin)
        x: Math.round((root.width - width) / 2)
        y: Math.max(Theme.px(20), Math.round((root.contentHeight - height) * 0.45))
        spacing: Theme.px(10)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            symbol: "hearth"
            size: Theme.px(56)
            color: Theme.accent
        }

        PlainText {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            text: qsTr("What would you like to talk about?")
            font.pixelSize: Theme.fontDisplay
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }

        PlainText {
            width: parent.width
            bottomPadding: Theme.px(14)
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            color: Theme.muted
            text: root.ready ? qsTr("%1 answers on this computer. Nothing you write leaves it.")
                               .arg(root.models.currentName)
                  : root.loading ? qsTr("The model is being loaded. You can already write.")
                  : root.models.state === ModelController.Failed ? qsTr("The model could not be loaded.")
                  : qsTr("No model is loaded yet. Choose one and begin.")
        }

        AppButton {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: root.models.state === ModelController.None
            objectName: "chooseModelButton"
            primary: true
            text: qsTr("Choose a model")
            onClicked: root.modelsRequested()
        }

        Repeater {
            model: root.ready || root.loading ? root.questions : []

            SuggestedQuestion {
                required property string modelData

                width: column.width
                text: modelData
                onClicked: root.asked(modelData)
            }
        }
    }
}
