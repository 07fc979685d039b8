import QtQuick
import Inglenook.App
import Inglenook.Ui

/// One block of a message, drawn by the component for its kind, which gets this as its `block`.
Item {
    id: root

    required property int kind
    required property string text
    required property int level
    required property string marker
    required property string language
    required property list<string> cells
    required property int columns

    readonly property alias item: loader.item
    // The items of a list stand closer together than what is around them.
    readonly property int air: kind === MessageBlocks.ListItem ? 0
                               : kind === MessageBlocks.Code || kind === MessageBlocks.Table ? Theme.px(6) : Theme.px(3)

    signal copyRequested(string text)

    // A paragraph may turn into something else while it is written.
    function show() {
        loader.setSource(Qt.resolvedUrl(fileFor(kind)), { block: root })
    }

    function fileFor(kind: int): string {
        switch (kind) {
        case MessageBlocks.Heading: return "HeadingBlock.qml"
        case MessageBlocks.ListItem: return "ListItemBlock.qml"
        case MessageBlocks.Code: return "CodeBlock.qml"
        case MessageBlocks.Quote: return "QuoteBlock.qml"
        case MessageBlocks.Table: return "TableBlock.qml"
        case MessageBlocks.Rule: return "RuleBlock.qml"
        default: return "ParagraphBlock.qml"
        }
    }

    implicitHeight: loader.height + 2 * air

    Loader {
        id: loader

        y: root.air
        width: root.width
    }

    onKindChanged: if (loader.status !== Loader.Null) show()
    Component.onCompleted: show()
}
