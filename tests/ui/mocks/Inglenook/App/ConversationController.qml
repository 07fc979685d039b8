import QtQuick

QtObject {
    id: root

    property var calls: []
    readonly property ConversationListModel list: ConversationListModel {}
    property string searchText: ""
    property double currentId: 1
    property bool canUndo: false
    property string errorText: ""

    signal removed(string title)

    function note(...call) { calls = calls.concat([call]) }
    function lastCall() { return calls.length ? calls[calls.length - 1] : [] }

    function add(title, section, more) {
        list.append(Object.assign({ conversationId: list.count + 1, title: title, section: section,
                                    snippet: "", busy: false, unread: false, pinned: false,
                                    current: false }, more))
    }

    function open(id) { note("open", id) }
    function openAt(row) { note("openAt", row) }
    function create() { note("create") }
    function rename(id, title) { note("rename", id, title) }
    function remove(id) {
        note("remove", id)
        removed("A walk")
    }
    function undoRemove() { note("undoRemove") }
    function setPinned(id, pinned) { note("setPinned", id, pinned) }
    function dismissError() {
        note("dismissError")
        errorText = ""
    }
}
