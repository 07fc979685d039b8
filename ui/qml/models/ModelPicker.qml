pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// Every model file of the models folder, with a search; choosing one loads it and keeps the chat.
AppPopup {
    id: root

    required property ModelController models

    objectName: "modelPicker"
    x: parent ? parent.width - width : 0
    y: parent ? parent.height + Theme.px(6) : 0
    width: Math.min(Theme.px(460), available.width - 2 * margins)
    height: Math.min(implicitHeight, available.height - 2 * margins - Theme.px(48))
    implicitHeight: content.implicitHeight + 2 * padding

    readonly property size available: T.Overlay.overlay
        ? Qt.size(T.Overlay.overlay.width, T.Overlay.overlay.height) : Qt.size(800, 600)

    function choose(path: string) {
        close()
        models.load(path)
    }

    onAboutToShow: {
        models.filter = ""
        search.clear()
        models.refresh()
        list.currentIndex = 0
    }
    onOpened: search.forceActiveFocus()

    Item {
        id: content

        anchors.fill: parent
        implicitHeight: search.height + footer.height + Theme.px(20)
                        + Math.max(list.contentHeight, nothing.visible ? Theme.px(90) : 0)

        SearchField {
            id: search

            objectName: "modelSearchField"
            width: parent.width
            placeholderText: qsTr("Search models")
            onTextChanged: {
                root.models.filter = text
                list.currentIndex = 0
            }
            Keys.onDownPressed: list.incrementCurrentIndex()
            Keys.onUpPressed: list.decrementCurrentIndex()
            onAccepted: (list.currentItem as ModelDelegate)?.clicked()
        }

        ListView {
            id: list

            objectName: "modelList"
            anchors.top: search.bottom
            anchors.bottom: footer.top
            anchors.topMargin: Theme.px(8)
            anchors.bottomMargin: Theme.px(8)
            width: parent.width
            clip: true
            spacing: Theme.px(2)
            reuseItems: true
            boundsBehavior: Flickable.StopAtBounds
            model: root.models.files
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Models")
            T.ScrollBar.vertical: AppScrollBar {}

            delegate: ModelDelegate {
                width: ListView.view ? ListView.view.width : 0
                highlighted: ListView.isCurrentItem
                onClicked: if (usable) root.choose(path)
            }
        }

        PlainText {
            id: nothing

            anchors.fill: list
            visible: list.count === 0
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            wrapMode: Text.Wrap
            text: root.models.filter === "" ? qsTr("There are no model files in the models folder.")
                                            : qsTr("No model matches “%1”.").arg(root.models.filter)
            color: Theme.muted
            font.pixelSize: Theme.fontSmall
        }

        ModelPickerFooter {
            id: footer

            anchors.bottom: parent.bottom
            width: parent.width
            models: root.models
        }
    }
}
