import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 800
    height: 3000

    Component {
        id: pageType

        SettingsPage {
            anchors.fill: parent
            focus: true
        }
    }

    Component {
        id: settingsType

        SettingsController {}
    }

    Component {
        id: modelsType

        ModelController {}
    }

    SignalSpy {
        id: closeSpy

        signalName: "closeRequested"
    }

    TestCase {
        name: "Settings"
        when: windowShown

        property SettingsController settings
        property ModelController models
        property SettingsPage page

        function init() {
            settings = settingsType.createObject(root)
            models = modelsType.createObject(root)
            page = createTemporaryObject(pageType, root, { settings: settings, models: models })
            closeSpy.target = page
            closeSpy.clear()
            waitForRendering(page)
        }

        // The rows that are seen, by their keys
        function keys(item) {
            let found = []
            if (item.key !== undefined && item.resettable !== undefined && item.visible)
                found.push(item.key)
            for (let i = 0; i < item.children.length; ++i)
                found = found.concat(keys(item.children[i]))
            return found
        }

        function test_everySettingIsThere() {
            const shown = keys(page)
            for (const key in settings.defaults) {
                if (key !== "sidebarVisible")
                    verify(shown.indexOf(key) >= 0, key)
            }
        }

        function test_searchLeavesWhatMatches() {
            page.forceActiveFocus()
            for (const character of "penalty")
                keyClick(character)
            compare(keys(page), ["repeatPenalty"])
            keyClick(Qt.Key_Escape)
            tryVerify(() => keys(page).length > 10) // groups come back with the next layout
        }

        function test_escapeLeaves() {
            page.forceActiveFocus()
            keyClick(Qt.Key_Escape)
            compare(closeSpy.count, 1)
        }

        function test_aChangedSettingCanBeReset() {
            const reset = findChild(page, "temperatureReset")
            verify(!reset.visible)
            settings.temperature = 1.3
            verify(reset.visible)
            mouseClick(reset)
            compare(settings.calls, [["reset", "temperature"]])
            compare(settings.temperature, 0.7)
            verify(!reset.visible)
        }

        function test_themeIsChosen() {
            mouseClick(findChild(page, "themeChoice"), findChild(page, "themeChoice").width - 20, 10)
            compare(settings.theme, SettingsController.Dark)
        }

        function test_switchesSwitch() {
            mouseClick(findChild(page, "showStatisticsSwitch"))
            verify(!settings.showStatistics)
        }

        function test_numbersAreTyped() {
            const field = findChild(page, "topKField")
            field.contentItem.forceActiveFocus()
            field.contentItem.selectAll()
            keyClick("7")
            keyClick(Qt.Key_Return)
            compare(settings.topK, 7)
        }

        function test_slidersAreMovedByKeys() {
            const slider = findChild(page, "temperatureSlider").children[1]
            slider.forceActiveFocus()
            keyClick(Qt.Key_Right)
            fuzzyCompare(settings.temperature, 0.75, 1e-6)
        }

        function test_theSystemPromptIsKeptOnLeaving() {
            const field = findChild(page, "systemPromptField")
            field.forceActiveFocus()
            keyClick("h")
            compare(settings.systemPrompt, "")
            page.forceActiveFocus()
            findChild(page, "settingsSearchField").forceActiveFocus()
            compare(settings.systemPrompt, "h")
        }

        function test_theSeedMattersOnlyWhenItIsFixed() {
            const field = findChild(page, "seedField")
            verify(!field.enabled)
            settings.fixedSeed = true
            verify(field.enabled)
        }

        function test_waysOfSplittingAreOffered() {
            const choice = findChild(page, "splitChoice")
            compare(choice.displayText, "As measured")
            choice.activated(2)
            compare(settings.split, "layer")
            compare(choice.displayText, "Whole layers")
            settings.split = "0.6,0.4" // as the command line knows it
            compare(choice.displayText, "0.6,0.4")
        }

        function test_whatGuessesIsChosenForTheModel() {
            const choice = findChild(page, "draftChoice")
            compare(choice.displayText, "Automatic")
            choice.activated(1)
            compare(settings.lastCall(), ["setDraft", "/models/ember.gguf", "none"])
            compare(choice.displayText, "Off")
            models.currentPath = "/models/other.gguf"
            compare(choice.displayText, "Automatic")
        }

        function test_modelsThatCanGuessAreOffered() {
            const choice = findChild(page, "draftChoice")
            settings.drafts = { "/models/ember.gguf": "/models/spark.gguf" }
            compare(choice.displayText, "spark.gguf") // no longer there
            models.draftPaths = ["/models/glow.gguf", "/models/spark.gguf"]
            models.draftNames = ["Glow Q8_0", "Spark Q4_0"]
            compare(choice.count, 4)
            compare(choice.displayText, "Spark Q4_0")
            choice.activated(2)
            compare(settings.lastCall(), ["setDraft", "/models/ember.gguf", "/models/glow.gguf"])
            compare(choice.displayText, "Glow Q8_0")
        }

        function test_listsAreChosenFromByKeys_data() {
            return [{ tag: "opened by key", open: choice => keyClick(Qt.Key_Space) },
                    { tag: "opened by click", open: choice => mouseClick(choice) }]
        }

        function test_listsAreChosenFromByKeys(data) {
            const choice = findChild(page, "splitChoice")
            const scroller = choice.mapToItem(page, 0, 0)
            findChild(page, "settingsScroller").contentY = scroller.y - 100
            if (data.tag === "opened by key")
                choice.forceActiveFocus()
            data.open(choice)
            tryVerify(() => choice.popup.opened)
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Return)
            tryVerify(() => !choice.popup.visible)
            compare(settings.split, "tensor")
        }

        function test_whyTheEngineChoseOtherwiseIsSaid() {
            const note = findChild(page, "loadNote")
            verify(!note.text.includes("cannot draft"))
            models.deviceNote = "Spark cannot draft for Ember: their vocabularies differ."
            verify(note.text.includes("cannot draft"))
        }

        function test_guessingNeedsAModel() {
            const choice = findChild(page, "draftChoice")
            verify(choice.enabled)
            models.currentPath = ""
            verify(!choice.enabled)
        }

        function test_spaceMattersOnlyWhereSomethingIsKept() {
            const field = findChild(page, "pageGigabytesField")
            verify(field.enabled)
            compare(field.value, 8)
            field.contentItem.forceActiveFocus()
            field.contentItem.selectAll()
            keyClick("3")
            keyClick(Qt.Key_Return)
            compare(settings.pageGigabytes, 3)
            mouseClick(findChild(page, "keepPagesSwitch"))
            verify(!settings.keepPages)
            verify(!field.enabled)
        }

        function test_whatThereIsToSayOfTheCacheIsSaidWhereItIsSwitched() {
            const seen = item => (item.visible && item.text !== undefined && item.text.includes("Another program"))
                || Array.from(item.children).some(seen)
            verify(!seen(page))
            models.cacheNote = "Another program writes to the cache."
            verify(seen(page))
        }

        function test_whatHappensToLongConversationsIsOffered() {
            const choice = findChild(page, "overflowChoice")
            compare(choice.displayText, "Stop")
            choice.activated(1)
            compare(settings.overflow, SettingsController.ForgetOldest)
            compare(choice.displayText, "Forget the oldest")
        }

        function test_devicesAreOffered() {
            const choice = findChild(page, "deviceChoice")
            compare(choice.count, 3)
            compare(choice.displayText, "auto")
            settings.device = "cuda:7"
            compare(choice.displayText, "cuda:7")
        }

        function test_theModelIsLoadedAgainOnRequest() {
            mouseClick(findChild(page, "reloadModelButton"))
            compare(models.calls, [["load", "/models/ember.gguf"]])
        }

        function test_allCanBeReset() {
            settings.topK = 3
            mouseClick(findChild(page, "resetAllButton"))
            compare(settings.topK, 40)
        }
    }
}
