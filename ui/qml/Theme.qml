pragma Singleton

import QtQuick

/// Colours, sizes and type of the whole window. Main.qml sets `dark` and `textScale` from the settings.
QtObject {
    id: root

    property bool dark: false
    property real textScale: 1
    /// False turns every transition into a jump.
    property bool animated: true

    // Surfaces
    readonly property color page: dark ? "#1f1b18" : "#fbf8f3"
    readonly property color sidebar: dark ? "#181512" : "#f3ede3"
    readonly property color raised: dark ? "#2a2521" : "#fffdf9"
    readonly property color bubble: dark ? "#352e28" : "#efe6d8"
    readonly property color code: dark ? "#171412" : "#f3ece1"
    readonly property color hover: dark ? "#342d28" : "#eae1d3"
    readonly property color pressed: dark ? "#40372f" : "#dfd4c3"
    readonly property color selected: dark ? "#3a3029" : "#e6dac8"
    readonly property color dangerSurface: dark ? "#3b211c" : "#f9e3dc"
    readonly property color accentSurface: dark ? "#3a2a1f" : "#f7e5d8"

    // Lines
    readonly property color line: dark ? "#3a332d" : "#e3dacb"
    readonly property color strongLine: dark ? "#82766a" : "#94877a"

    // What stands on the surfaces
    readonly property color text: dark ? "#efe8de" : "#2a241f"
    readonly property color muted: dark ? "#b8aca0" : "#655a50"
    readonly property color accent: dark ? "#eb9462" : "#a44a22"
    readonly property color accentInk: dark ? "#23150c" : "#ffffff"
    readonly property color accentHover: dark ? "#f2a87d" : "#8f3f1c"
    readonly property color danger: dark ? "#f2998a" : "#9c2a1e"
    readonly property color good: dark ? "#9cc99a" : "#2f6437"
    readonly property color selection: dark ? "#6b472f" : "#f0cdb3"

    // Type
    readonly property int fontBody: px(15)
    readonly property int fontReading: px(16)
    readonly property int fontSmall: px(13)
    readonly property int fontTiny: px(12)
    readonly property int fontTitle: px(17)
    readonly property int fontDisplay: px(24)
    readonly property real lineHeight: 1.4
    readonly property string monospace: Qt.platform.os === "windows" ? "Consolas"
                                        : Qt.platform.os === "osx" ? "Menlo" : "monospace"

    // Measures
    readonly property int columnWidth: px(700)
    readonly property int gap: px(8)
    readonly property int margin: px(20)
    readonly property int radius: px(8)
    readonly property int controlHeight: px(34)
    readonly property int iconSize: px(18)

    /// Milliseconds of a transition; `long` ones move something across the window.
    readonly property int moment: animated ? 120 : 0
    readonly property int longMoment: animated ? 180 : 0

    /// A length that grows with the text.
    function px(length: real): int {
        return Math.round(length * root.textScale)
    }
}
