import QtQuick
import Inglenook.Ui

/// What went wrong, in a sentence, with the buttons that help.
Rectangle {
    id: root

    required property string text
    property string actionText
    property string secondActionText
    property bool dismissable: true
    /// False: nothing is lost, and nothing has to be done now.
    property bool urgent: true

    signal actionClicked()
    signal secondActionClicked()
    signal dismissed()

    implicitHeight: column.height + Theme.px(24)
    radius: Theme.px(12)
    color: urgent ? Theme.dangerSurface : Theme.accentSurface
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    Column {
        id: column

        x: Theme.px(14)
        y: Theme.px(12)
        width: root.width - x - (close.visible ? close.width + Theme.px(10) : Theme.px(14))
        spacing: Theme.px(10)

        ProblemNote {
            width: parent.width
            text: root.text
            color: root.urgent ? Theme.danger : Theme.text
        }

        Row {
            visible: root.actionText !== "" || root.secondActionText !== ""
            spacing: Theme.gap

            AppButton {
                objectName: "errorAction"
                visible: root.actionText !== ""
                text: root.actionText
                onClicked: root.actionClicked()
            }

            AppButton {
                objectName: "errorSecondAction"
                visible: root.secondActionText !== ""
                text: root.secondActionText
                onClicked: root.secondActionClicked()
            }
        }
    }

    IconButton {
        id: close

        objectName: "dismissError"
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.px(7)
        visible: root.dismissable
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "close"
        text: qsTr("Dismiss")
        onClicked: root.dismissed()
    }
}
