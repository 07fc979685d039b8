import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.Menu {
    id: root

    implicitWidth: widestItem + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    margins: Theme.px(8)
    padding: Theme.px(5)

    readonly property int widestItem: {
        let widest = Theme.px(180)
        for (let i = 0; i < count; ++i)
            widest = Math.max(widest, itemAt(i).implicitWidth)
        return widest
    }

    contentItem: ListView {
        implicitHeight: contentHeight
        model: root.contentModel
        interactive: false
        currentIndex: root.currentIndex
    }

    background: Rectangle {
        radius: Theme.px(10)
        color: Theme.raised
        border.color: Theme.line
    }
}
