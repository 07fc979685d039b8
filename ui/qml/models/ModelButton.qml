import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// Names the model that answers; opens the picker.
T.Button {
    id: root

    required property ModelController models

    readonly property bool loading: models.state === ModelController.Loading
    readonly property bool loaded: models.state === ModelController.Loaded

    text: loading ? qsTr("Loading %1 %").arg(Math.round(models.progress * 100))
          : loaded ? models.currentName : qsTr("Choose a model")
    implicitHeight: Theme.controlHeight
    implicitWidth: implicitContentWidth
    focusPolicy: Qt.TabFocus
    hoverEnabled: true
    Accessible.name: root.loaded ? qsTr("Model: %1, %2, on %3").arg(models.currentName)
                                   .arg(models.currentQuantisation).arg(models.deviceName) : text
    Accessible.onPressAction: clicked()
    Keys.onReturnPressed: clicked()

    contentItem: ModelLabel {
        name: root.text
        level: root.loaded ? root.models.currentQuantisation : ""
    }

    background: Rectangle {
        radius: Theme.radius
        color: root.down ? Theme.pressed : root.hovered ? Theme.hover : "transparent"
        border.color: Theme.line

        Rectangle {
            visible: root.loading
            anchors.bottom: parent.bottom
            width: parent.width * root.models.progress
            height: Theme.px(3)
            radius: height / 2
            color: Theme.accent
        }

        FocusRing { visible: root.visualFocus }
    }
}
