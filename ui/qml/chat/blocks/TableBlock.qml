pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Inglenook.Ui

/// Rows of cells, the first row as headings. Wider than the page: it scrolls sideways.
Flickable {
    id: root

    required property BlockDelegate block

    readonly property list<string> cells: block.cells
    readonly property int columns: Math.max(1, block.columns)

    implicitHeight: contentHeight + (contentWidth > width ? Theme.px(12) : 0)
    contentWidth: grid.implicitWidth
    contentHeight: grid.implicitHeight
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    flickableDirection: Flickable.HorizontalFlick
    interactive: contentWidth > width
    Accessible.role: Accessible.Table
    Accessible.name: qsTr("Table")
    T.ScrollBar.horizontal: AppScrollBar {}

    GridLayout {
        id: grid

        columns: root.columns
        columnSpacing: 0
        rowSpacing: 0

        Repeater {
            model: root.cells

            Item {
                id: cell

                required property string modelData
                required property int index

                readonly property bool heading: index < root.columns

                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.maximumWidth: Theme.px(300)
                implicitWidth: words.implicitWidth + 2 * words.x
                implicitHeight: words.height + 2 * words.y

                SelectableText {
                    id: words

                    x: Theme.px(10)
                    y: Theme.px(6)
                    width: cell.width - 2 * x
                    text: cell.modelData
                    font.pixelSize: Theme.px(14)
                    font.weight: cell.heading ? Font.DemiBold : Font.Normal
                    lineSpacing: 1.25
                }

                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: 1
                    color: cell.heading ? Theme.strongLine : Theme.line
                }
            }
        }
    }
}
