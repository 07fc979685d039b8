import InglenookTest

RowsModel {
    enum Kind { Paragraph, Heading, ListItem, Code, Quote, Table, Rule }

    function add(kind, text, more) {
        append(Object.assign({ kind: kind, text: text, level: 1, marker: "", language: "",
                               closed: true, cells: [], columns: 0 }, more))
    }
}
