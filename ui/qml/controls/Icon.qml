import QtQuick
import QtQuick.Controls.impl
import Inglenook.Ui

/// One of the program's own symbols, in any colour and size.
IconImage {
    id: root

    required property string symbol
    property int size: Theme.iconSize

    width: size
    height: size
    sourceSize.width: size
    sourceSize.height: size
    source: root.symbol === "" ? "" : Qt.resolvedUrl("../../icons/" + root.symbol + ".svg")
    color: Theme.muted
    Accessible.ignored: true
}
