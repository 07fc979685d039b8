import QtQuick
import QtTest
import Inglenook.Ui

TestCase {
    name: "Theme"

    function cleanup() {
        Theme.dark = false
        Theme.textScale = 1
    }

    // WCAG 2.1, relative luminance and contrast ratio
    function luminance(color) {
        const linear = c => c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4)
        return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
    }

    function contrast(a, b) {
        const x = luminance(a), y = luminance(b)
        return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
    }

    function pairs() {
        const surfaces = ["page", "sidebar", "raised", "bubble", "code", "hover", "pressed", "selected",
                          "accentSurface"]
        const rows = []
        const add = (text, surface, least) => rows.push({ tag: text + " on " + surface, text: text,
                                                          surface: surface, least: least })
        for (const surface of surfaces) {
            add("text", surface, 4.5)
            add("muted", surface, 4.5)
        }
        for (const surface of ["page", "raised", "code", "sidebar", "accentSurface"])
            add("accent", surface, 4.5)
        for (const surface of ["page", "raised", "hover", "dangerSurface"])
            add("danger", surface, 4.5)
        for (const surface of ["raised", "hover", "code"])
            add("good", surface, 4.5)
        add("accentInk", "accent", 4.5)
        add("accentInk", "accentHover", 4.5)
        add("text", "selection", 4.5)
        add("page", "text", 4.5)
        // Borders that tell where a control is
        for (const surface of ["page", "raised"])
            add("strongLine", surface, 3)
        return rows
    }

    function test_lightHasAaContrast_data() { return pairs() }
    function test_lightHasAaContrast(row) {
        Theme.dark = false
        const ratio = contrast(Theme[row.text], Theme[row.surface])
        verify(ratio >= row.least, "contrast " + ratio.toFixed(2))
    }

    function test_darkHasAaContrast_data() { return pairs() }
    function test_darkHasAaContrast(row) {
        Theme.dark = true
        const ratio = contrast(Theme[row.text], Theme[row.surface])
        verify(ratio >= row.least, "contrast " + ratio.toFixed(2))
    }

    function test_lengthsGrowWithTheText() {
        Theme.textScale = 2
        compare(Theme.px(15), 30)
        compare(Theme.fontBody, 30)
        compare(Theme.columnWidth, 1400)
    }
}
