import QtQuick
import Inglenook.Ui

// A file of its own without bound components: ListView cannot make those for sections in Qt 6.4.
Component {
    PlainText {
        required property string section

        width: parent ? parent.width : 0
        leftPadding: Theme.px(20)
        rightPadding: Theme.px(20)
        topPadding: Theme.px(16)
        bottomPadding: Theme.px(5)
        text: section
        color: Theme.muted
        font.pixelSize: Theme.fontTiny
        font.weight: Font.DemiBold
        elide: Text.ElideRight
        Accessible.role: Accessible.Heading
    }
}
