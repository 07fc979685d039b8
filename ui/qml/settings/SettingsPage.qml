import QtQuick
import QtQuick.Templates as T
import Inglenook.App
import Inglenook.Ui

/// Every setting on one page, with a search.
FocusScope {
    id: root

    required property SettingsController settings
    required property ModelController models

    readonly property int columnWidth: Math.min(Theme.px(680), width - 2 * Theme.px(24))

    signal closeRequested()

    objectName: "settingsPage"
    Keys.onEscapePressed: root.closeRequested()
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Settings")

    Rectangle {
        anchors.fill: parent
        color: Theme.page
    }

    SettingsHeader {
        id: header

        width: parent.width
        onCloseClicked: root.closeRequested()
    }

    Flickable {
        id: scroller

        objectName: "settingsScroller"
        anchors.top: header.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        clip: true
        contentHeight: column.height + Theme.px(60)
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: AppScrollBar {}

        Column {
            id: column

            x: Math.round((scroller.width - width) / 2)
            width: root.columnWidth

            Item { width: 1; height: Theme.px(20) }

            SearchField {
                id: search

                objectName: "settingsSearchField"
                width: parent.width
                focus: true
                placeholderText: qsTr("Search settings")
            }

            AppearanceSettings {
                settings: root.settings
                query: search.text
            }

            AnswerSettings {
                settings: root.settings
                query: search.text
            }

            EngineSettings {
                settings: root.settings
                models: root.models
                query: search.text
            }

            FileSettings {
                settings: root.settings
                models: root.models
                query: search.text
            }

            Item { width: 1; height: Theme.px(24) }

            AppButton {
                objectName: "resetAllButton"
                visible: search.text === ""
                symbol: "reset"
                text: qsTr("Reset all settings")
                onClicked: root.settings.resetAll()
            }
        }
    }
}
