import QtQuick
import Inglenook.Ui

SelectableText {
    required property BlockDelegate block
    readonly property int level: block.level

    text: block.text
    topPadding: Theme.px(level <= 2 ? 8 : 4)
    font.pixelSize: Theme.px(level <= 1 ? 21 : level === 2 ? 19 : level === 3 ? 17 : 16)
    font.weight: Font.DemiBold
    lineSpacing: 1.2
    Accessible.role: Accessible.Heading
}
