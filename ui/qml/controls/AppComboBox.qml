pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

T.ComboBox {
    id: root

    implicitWidth: Theme.px(200)
    implicitHeight: Theme.controlHeight
    leftPadding: Theme.px(11)
    rightPadding: Theme.px(32)
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true

    contentItem: PlainText {
        text: root.displayText
        font.pixelSize: Theme.fontSmall
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }

    indicator: Icon {
        x: root.width - width - Theme.px(10)
        anchors.verticalCenter: parent.verticalCenter
        symbol: "down"
        size: Theme.px(14)
    }

    background: Rectangle {
        radius: Theme.radius
        color: root.hovered ? Theme.hover : Theme.raised
        border.color: Theme.line

        FocusRing { visible: root.visualFocus }
    }

    delegate: T.ItemDelegate {
        id: option

        required property string modelData
        required property int index

        width: ListView.view ? ListView.view.width : 0
        height: Theme.px(34)
        horizontalPadding: Theme.px(10)
        highlighted: root.highlightedIndex === index
        contentItem: PlainText {
            text: option.modelData
            font.pixelSize: Theme.fontSmall
            font.weight: root.currentIndex === option.index ? Font.DemiBold : Font.Normal
            verticalAlignment: Text.AlignVCenter
            elide: Text.ElideRight
        }
        background: Rectangle {
            radius: Theme.px(7)
            color: option.highlighted ? Theme.hover : "transparent"
        }
    }

    popup: AppPopup {
        focus: false // the box moves the choice by keys
        y: root.height + Theme.px(4)
        width: root.width
        height: Math.min(contentItem.implicitHeight + 2 * padding, Theme.px(320))
        padding: Theme.px(5)
        contentItem: ListView {
            clip: true
            implicitHeight: contentHeight
            model: root.delegateModel
            currentIndex: root.highlightedIndex
            T.ScrollBar.vertical: AppScrollBar {}
        }
    }
}
