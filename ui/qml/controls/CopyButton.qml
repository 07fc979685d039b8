import QtQuick
import Inglenook.Ui

/// Shows for a moment that it has copied.
IconButton {
    id: root

    symbol: shown.running ? "check" : "copy"
    ink: shown.running ? Theme.good : hovered || visualFocus ? Theme.text : Theme.muted
    onClicked: shown.restart()

    Timer {
        id: shown

        interval: 1500
    }
}
