import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 600
    height: 400

    Component {
        id: blockType

        BlockDelegate {
            width: 400
            text: ""
            level: 1
            marker: ""
            language: ""
            cells: []
            columns: 0
        }
    }

    SignalSpy {
        id: copySpy

        signalName: "copyRequested"
    }

    TestCase {
        name: "Blocks"
        when: windowShown

        function make(kind, values) {
            const block = createTemporaryObject(blockType, root, Object.assign({ kind: kind }, values))
            copySpy.target = block
            copySpy.clear()
            return block
        }

        // Qt 6.4 drops a list of strings among the initial properties.
        function makeTable(cells, columns) {
            const block = make(MessageBlocks.Table, { columns: columns })
            block.cells = cells
            return block.item
        }

        function test_codeIsCopiedAsItIs() {
            const source = "if a < b:\n\tprint('<b>')\n"
            const block = make(MessageBlocks.Code, { text: source, language: "python" })
            mouseClick(findChild(block.item, "copyCodeButton"))
            compare(copySpy.count, 1)
            compare(copySpy.signalArguments[0][0], source)
        }

        function test_codeIsNamedByItsLanguage() {
            compare(make(MessageBlocks.Code, { text: "x", language: "rust" }).item.Accessible.name, "Code, rust")
        }

        function test_longCodeScrollsUntilItIsWrapped() {
            const block = make(MessageBlocks.Code, { text: "word ".repeat(60) })
            const low = block.height
            mouseClick(findChild(block.item, "wrapButton"))
            tryVerify(() => block.height > low)
            verify(block.item.wrapped)
            mouseClick(findChild(block.item, "wrapButton"))
            tryCompare(block, "height", low)
        }

        function test_wideTablesScrollSideways() {
            const cells = []
            for (let i = 0; i < 20; ++i)
                cells.push("a cell with words")
            const table = makeTable(cells, 10)
            tryVerify(() => table.contentWidth > table.width)
            verify(table.interactive)
            compare(table.width, 400)
        }

        function test_narrowTablesStay() {
            const table = makeTable(["a", "b", "c", "d"], 2)
            waitForRendering(table)
            verify(table.contentWidth > 0 && table.contentWidth <= table.width)
            verify(!table.interactive)
        }

        function test_aTableGrowsWhileItIsWritten() {
            const table = makeTable(["a", "b"], 2)
            tryVerify(() => table.implicitHeight > 0)
            const low = table.implicitHeight
            table.block.cells = ["a", "b", "c", "d"]
            tryVerify(() => table.implicitHeight > 1.5 * low)
        }

        function test_deeperListItemsAreIndented() {
            const outer = make(MessageBlocks.ListItem, { text: "a", marker: "•", level: 1 }).item
            const inner = make(MessageBlocks.ListItem, { text: "a", marker: "•", level: 3 }).item
            verify(inner.indent > outer.indent)
        }

        function test_linesOfAParagraphAreSpaced() {
            const one = make(MessageBlocks.Paragraph, { text: "a" }).item
            const two = make(MessageBlocks.Paragraph, { text: "a\nb" }).item
            const line = two.implicitHeight - one.implicitHeight
            verify(line > 1.25 * Theme.fontBody, line)
        }
    }
}
