import QtQuick

/// Stands in for the program's chat controller and writes down what it is asked.
QtObject {
    id: root

    enum State { Empty, Idle, Waiting, ReadingPrompt, Answering, Stopping }

    property var calls: []
    property string lastText: ""
    property double lastId: 0

    property double conversationId: 1
    property string title: ""
    readonly property MessageListModel messages: MessageListModel {}
    property int state: ChatController.Empty
    readonly property bool busy: state >= ChatController.Waiting
    property string errorText: ""
    property int promptDone: 0
    property int promptTotal: 0
    property int reusedTokens: 0
    property double tokensPerSecond: 0
    property int timeToFirstTokenMs: 0
    property int replyTokens: 0
    property string deviceName: "cpu"
    property string stopReasonText: ""
    property string draft: ""
    property string queuedText: ""

    signal conversationChanged()
    signal messageSent()
    signal undoOffered(string what)

    property Component blocksType: Component { MessageBlocks {} }

    function note(...call) { calls = calls.concat([call]) }
    function lastCall() { return calls.length ? calls[calls.length - 1] : [] }

    function addUser(text, more) {
        lastText = text
        return add(MessageListModel.User, text, [], more)
    }

    function addAssistant(blocks, more) {
        return add(MessageListModel.Assistant, blocks.map(block => block[1]).join("\n\n"), blocks, more)
    }

    function add(author, text, blocks, more) {
        const list = blocksType.createObject(root)
        for (const block of blocks)
            list.add(block[0], block[1], block[2])
        const id = messages.count + 1
        if (author === MessageListModel.User)
            lastId = id
        messages.append(Object.assign({ messageId: id, author: author, text: text, blocks: list,
                                        streaming: false, versionIndex: 0, versionCount: 1,
                                        statusText: "", problem: "", note: "" }, more))
        return list
    }

    function send(text) {
        note("send", text)
        if (busy)
            queuedText = text
        else
            messageSent()
    }
    function stop() { note("stop") }
    function regenerate(messageId) { note("regenerate", messageId) }
    function editMessage(messageId, text) { note("editMessage", messageId, text) }
    function selectVersion(messageId, index) { note("selectVersion", messageId, index) }
    function deleteMessage(messageId) {
        note("deleteMessage", messageId)
        undoOffered("Message deleted")
    }
    function undo() { note("undo") }
    function copyMessage(messageId) { note("copyMessage", messageId) }
    function copyText(text) { note("copyText", text) }
    function newChat() { note("newChat") }
    function lastUserText() { return lastText }
    function lastUserMessageId() { return lastId }
    function dismissError() {
        note("dismissError")
        errorText = ""
    }
}
