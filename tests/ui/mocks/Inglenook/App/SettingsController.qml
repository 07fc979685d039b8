import QtQuick

QtObject {
    id: root

    enum Theme { System, Light, Dark }
    enum Overflow { Stop, ForgetOldest, ForgetMiddle }

    property var calls: []
    property int theme: SettingsController.System
    property bool dark: false
    property double textScale: 1
    property bool sidebarVisible: true
    property string systemPrompt: ""
    property double temperature: 0.7
    property int topK: 40
    property double topP: 0.95
    property double minP: 0.05
    property double repeatPenalty: 1
    property bool fixedSeed: false
    property int seed: 0
    property int contextTokens: 0
    property int maxTokens: 0
    property int overflow: SettingsController.Stop
    property string device: "auto"
    property string split: "auto"
    property int threads: 0
    property var drafts: ({})
    property bool keepPages: true
    property int pageGigabytes: 8
    property bool showStatistics: true
    property string databasePath: "/home/someone/.local/share/inglenook/inglenook.db"
    property string modelsFolder: "/home/someone/models"

    property var defaults: ({ theme: 0, textScale: 1, sidebarVisible: true, systemPrompt: "",
                              temperature: 0.7, topK: 40, topP: 0.95, minP: 0.05,
                              repeatPenalty: 1, fixedSeed: false, seed: 0, contextTokens: 0,
                              maxTokens: 0, overflow: 0, device: "auto", split: "auto", threads: 0,
                              drafts: ({}), keepPages: true, pageGigabytes: 8,
                              showStatistics: true })

    function note(...call) { calls = calls.concat([call]) }
    function lastCall() { return calls.length ? calls[calls.length - 1] : [] }

    function reset(key) {
        note("reset", key)
        root[key] = defaults[key]
    }
    function isDefault(key) { return root[key] === defaults[key] }
    function setDraft(model, draft) {
        note("setDraft", model, draft)
        drafts = Object.assign({}, drafts, { [model]: draft })
    }
    function resetAll() {
        note("resetAll")
        for (const key in defaults)
            root[key] = defaults[key]
    }
}
