import QtQuick
import Inglenook.App
import Inglenook.Ui

/// One setting: what it does on the left, its control on the right, and a way back to the default.
Item {
    id: root

    required property SettingsController settings
    /// Name of the setting's property.
    required property string key
    required property string title
    property string description
    /// What the page is searched for; a row that does not match is not there.
    property string query
    /// The control stands below the words, over the whole width.
    property bool wide: false
    property bool resettable: true

    default property alias control: holder.data

    readonly property bool matches: query === ""
        || (title + "\n" + description + "\n" + key).toLowerCase().includes(query.toLowerCase())
    // Reading the value is what makes this follow it.
    readonly property bool changed: resettable && settings[key] !== undefined && !settings.isDefault(key)
    readonly property bool stacked: wide || width < Theme.px(430)

    visible: matches
    implicitHeight: matches ? (stacked ? words.height + holder.height + Theme.px(34)
                                       : Math.max(words.height, holder.height) + Theme.px(26)) : 0
    Accessible.role: Accessible.Grouping
    Accessible.name: title

    Column {
        id: words

        y: root.stacked ? Theme.px(13) : Math.round((root.height - height) / 2)
        width: root.stacked ? root.width - Theme.px(34)
                            : root.width - holder.width - Theme.px(58)
        spacing: Theme.px(3)

        PlainText {
            width: parent.width
            text: root.title
            wrapMode: Text.Wrap
        }

        PlainText {
            width: parent.width
            visible: root.description !== ""
            text: root.description
            color: Theme.muted
            font.pixelSize: Theme.fontSmall
            wrapMode: Text.Wrap
        }
    }

    IconButton {
        objectName: root.key + "Reset"
        x: root.stacked ? root.width - width : root.width - holder.width - width - Theme.px(8)
        y: root.stacked ? words.y - Theme.px(4) : Math.round((root.height - height) / 2)
        visible: root.changed
        extent: Theme.px(28)
        symbolSize: Theme.px(15)
        symbol: "reset"
        text: qsTr("Back to the default")
        onClicked: root.settings.reset(root.key)
    }

    Item {
        id: holder

        x: root.stacked ? 0 : root.width - width
        y: root.stacked ? words.y + words.height + Theme.px(8) : Math.round((root.height - height) / 2)
        width: root.wide ? root.width : childrenRect.width
        height: childrenRect.height
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
