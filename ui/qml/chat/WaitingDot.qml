import QtQuick
import Inglenook.Ui

/// An ember that glows until the first words come.
Rectangle {
    id: root

    readonly property alias glowing: glow.running

    width: Theme.px(10)
    height: width
    radius: width / 2
    color: Theme.accent

    SequentialAnimation on opacity {
        id: glow

        // Unseen, it would still have the whole window drawn again and again.
        running: Theme.animated && root.visible
        loops: Animation.Infinite

        NumberAnimation { from: 1; to: 0.25; duration: 700; easing.type: Easing.InOutSine }
        NumberAnimation { from: 0.25; to: 1; duration: 700; easing.type: Easing.InOutSine }
    }
}
