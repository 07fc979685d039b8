import QtQuick

QtObject {
    id: root

    enum State { None, Loading, Loaded, Failed }

    property var calls: []
    readonly property ModelListModel files: ModelListModel {}
    property string filter: ""
    property int state: ModelController.Loaded
    property double progress: 0
    property string currentPath: "/models/ember.gguf"
    property string currentName: "Ember"
    property string currentQuantisation: "Q8_0"
    property string deviceName: "cpu"
    property string deviceNote: ""
    property string draftName: ""
    property var draftPaths: []
    property var draftNames: []
    property string errorText: ""
    property string cacheNote: ""
    property string cacheTrouble: ""
    property string modelsFolder: "/home/someone/models"
    property int contextTokens: 2048
    property string memoryText: "6 MB weights, 12 MB cache"
    property var devices: ["auto", "cpu", "vulkan:0 llvmpipe"]

    function note(...call) { calls = calls.concat([call]) }
    function lastCall() { return calls.length ? calls[calls.length - 1] : [] }

    function add(name, quantisation, sizeText, more) {
        files.append(Object.assign({ path: "/models/" + name + ".gguf", name: name,
                                     quantisation: quantisation, sizeText: sizeText,
                                     architecture: "llama", fitText: "Fits", fits: true,
                                     problem: "", current: false, starter: false }, more))
    }

    function load(path) { note("load", path) }
    function unload() { note("unload") }
    function cancel() { note("cancel") }
    function refresh() { note("refresh") }
    function openModelsFolder() { note("openModelsFolder") }
    function retry() { note("retry") }
    function dismissCacheTrouble() {
        note("dismissCacheTrouble")
        cacheTrouble = ""
    }
}
