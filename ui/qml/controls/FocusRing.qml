import QtQuick
import Inglenook.Ui

/// Shows where the keyboard is.
Rectangle {
    property int distance: 2

    anchors.fill: parent
    anchors.margins: -distance
    radius: Theme.radius + distance
    color: "transparent"
    border.width: 2
    border.color: Theme.accent
}
