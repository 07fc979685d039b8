import QtQuick
import Inglenook.Ui

/// A heading with its settings; gone when a search leaves none of them.
Column {
    id: root

    required property string title
    default property alias rows: body.data

    width: parent ? parent.width : 0
    visible: body.height > 0

    PlainText {
        topPadding: Theme.px(26)
        bottomPadding: Theme.px(2)
        text: root.title
        color: Theme.accent
        font.pixelSize: Theme.fontSmall
        font.weight: Font.DemiBold
        Accessible.role: Accessible.Heading
    }

    Column {
        id: body

        width: root.width
    }
}
