import QtQuick
import Inglenook.Ui

/// The title as a field: Enter or leaving keeps it, Escape does not.
AppTextField {
    id: root

    required property string title

    property bool done: false

    signal finished(bool keep, string title)

    function finish(keep: bool) {
        if (done)
            return
        done = true
        finished(keep, text)
    }

    objectName: "renameField"
    leftPadding: Theme.px(7)
    text: title
    font.pixelSize: Theme.px(14)
    Accessible.name: qsTr("Title of the conversation")
    Component.onCompleted: {
        forceActiveFocus()
        selectAll()
    }
    onAccepted: finish(true)
    onActiveFocusChanged: if (!activeFocus) finish(true)
    Keys.onEscapePressed: finish(false)
}
