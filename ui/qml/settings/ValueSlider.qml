import QtQuick
import Inglenook.Ui

/// A slider with its value beside it.
Row {
    id: root

    required property string name
    required property real value
    property real from: 0
    property real to: 1
    property real step: 0.01
    property int decimals: 2
    property bool live: true
    property bool valueShown: true

    signal chosen(real value)

    spacing: Theme.px(10)

    PlainText {
        anchors.verticalCenter: parent.verticalCenter
        visible: root.valueShown
        width: Theme.px(46)
        horizontalAlignment: Text.AlignRight
        text: Number(slider.value).toLocaleString(Qt.locale(), "f", root.decimals)
        color: Theme.muted
        font.pixelSize: Theme.fontSmall
    }

    AppSlider {
        id: slider

        anchors.verticalCenter: parent.verticalCenter
        from: root.from
        to: root.to
        stepSize: root.step
        snapMode: AppSlider.SnapAlways
        value: root.value
        live: root.live
        Accessible.name: root.name
        onValueChanged: if (pressed || activeFocus) root.chosen(value)
    }
}
