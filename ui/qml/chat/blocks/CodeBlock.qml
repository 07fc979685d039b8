import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// Source text with its language, a copy button, and long lines either wrapped or scrolled sideways.
Rectangle {
    id: root

    required property BlockDelegate block
    property bool wrapped: false

    readonly property string text: block.text
    readonly property string language: block.language

    implicitHeight: header.height + scroller.height
    radius: Theme.px(10)
    color: Theme.code
    border.color: Theme.line
    Accessible.role: Accessible.Grouping
    Accessible.name: root.language === "" ? qsTr("Code") : qsTr("Code, %1").arg(root.language)

    Item {
        id: header

        width: parent.width
        height: Theme.px(36)

        PlainText {
            anchors.left: parent.left
            anchors.right: buttons.left
            anchors.leftMargin: Theme.px(14)
            anchors.verticalCenter: parent.verticalCenter
            text: root.language === "" ? qsTr("text") : root.language
            color: Theme.muted
            font.pixelSize: Theme.fontTiny
            elide: Text.ElideRight
        }

        Row {
            id: buttons

            anchors.right: parent.right
            anchors.rightMargin: Theme.px(6)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(2)

            IconButton {
                objectName: "wrapButton"
                extent: Theme.px(28)
                symbolSize: Theme.px(15)
                symbol: "wrap"
                text: root.wrapped ? qsTr("Do not wrap lines") : qsTr("Wrap long lines")
                checkable: true
                checked: root.wrapped
                onToggled: root.wrapped = checked
            }

            CopyButton {
                objectName: "copyCodeButton"
                extent: Theme.px(28)
                symbolSize: Theme.px(15)
                text: qsTr("Copy the code")
                onClicked: root.block.copyRequested(root.text)
            }
        }
    }

    Flickable {
        id: scroller

        anchors.top: header.bottom
        width: parent.width
        height: contentHeight + Theme.px(14)
        clip: true
        contentWidth: root.wrapped ? width : Math.max(width, code.implicitWidth + 2 * code.x)
        contentHeight: code.implicitHeight
        boundsBehavior: Flickable.StopAtBounds
        flickableDirection: Flickable.HorizontalFlick
        interactive: contentWidth > width
        T.ScrollBar.horizontal: AppScrollBar {}

        SelectableText {
            id: code

            x: Theme.px(14)
            width: scroller.contentWidth - 2 * x
            text: root.text
            wrapMode: root.wrapped ? TextEdit.WrapAtWordBoundaryOrAnywhere : TextEdit.NoWrap
            font.family: Theme.monospace
            font.pixelSize: Theme.px(14)
            lineSpacing: 1.3
        }
    }
}
