import QtQuick
import QtTest
import Inglenook.App
import Inglenook.Ui

Item {
    id: root

    width: 800
    height: 600

    Component {
        id: pickerType

        ModelPicker {}
    }

    Component {
        id: buttonType

        ModelButton {}
    }

    Component {
        id: progressType

        LoadProgress { width: 500 }
    }

    Component {
        id: modelsType

        ModelController {}
    }

    TestCase {
        name: "ModelPicker"
        when: windowShown

        property ModelController models
        property ModelPicker picker
        property Item list

        function init() {
            models = modelsType.createObject(root)
            models.add("Ember", "Q8_0", "6.4 MB", { current: true, starter: true })
            models.add("Llama 3.2 3B", "Q4_K_M", "2.0 GB")
            models.add("Giant", "F16", "140 GB", { fits: false, fitText: "Does not fit: needs 141 GB of 8 GB" })
            models.add("broken", "", "", { problem: "The file ends too early. Download it again." })
            picker = createTemporaryObject(pickerType, root, { models: models })
            picker.open()
            tryVerify(() => picker.opened)
            list = findChild(picker.contentItem, "modelList")
            tryVerify(() => list.itemAtIndex(3) !== null)
        }

        function cleanup() {
            picker.close()
            tryVerify(() => !picker.visible)
        }

        function texts(item) {
            let found = []
            if (item.text !== undefined && item.visible)
                found.push(item.text)
            for (let i = 0; i < item.children.length; ++i)
                found = found.concat(texts(item.children[i]))
            return found
        }

        function test_looksAtTheFolderAgainWhenItOpens() {
            compare(models.calls, [["refresh"]])
        }

        function test_typingSearchesAtOnce() {
            keyClick("l")
            keyClick("l")
            compare(models.filter, "ll")
        }

        function test_enterLoadsTheFirst() {
            keyClick(Qt.Key_Return)
            compare(models.lastCall(), ["load", "/models/Ember.gguf"])
            tryVerify(() => !picker.visible)
        }

        function test_arrowsChoose() {
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Return)
            compare(models.lastCall(), ["load", "/models/Llama 3.2 3B.gguf"])
        }

        function test_aClickLoads() {
            mouseClick(list.itemAtIndex(1))
            compare(models.lastCall(), ["load", "/models/Llama 3.2 3B.gguf"])
        }

        function test_whatDoesNotFitSaysWhy() {
            verify(texts(list.itemAtIndex(2)).indexOf("Does not fit: needs 141 GB of 8 GB") >= 0)
        }

        function test_aBrokenFileSaysWhyAndIsNotLoaded() {
            verify(texts(list.itemAtIndex(3)).indexOf("The file ends too early. Download it again.") >= 0)
            mouseClick(list.itemAtIndex(3))
            compare(models.lastCall(), ["refresh"])
            verify(picker.visible)
        }

        function test_escapeCloses() {
            keyClick(Qt.Key_Escape)
            tryVerify(() => !picker.visible)
        }

        function test_opensTheFolder() {
            mouseClick(findChild(picker.contentItem, "openFolderButton"))
            compare(models.lastCall(), ["openModelsFolder"])
        }

        function test_anEmptyFolderIsExplained() {
            models.files.rows = []
            verify(texts(picker.contentItem).indexOf("There are no model files in the models folder.") >= 0)
        }

        function test_theModelThatGuessesIsNamed() {
            const line = findChild(picker.contentItem, "draftText")
            verify(!line.visible)
            models.draftName = "Little Ember"
            verify(line.visible)
            compare(line.text, "Guesses with Little Ember")
        }

        function test_theButtonNamesTheModel() {
            const button = createTemporaryObject(buttonType, root, { models: models })
            compare(button.text, "Ember")
            compare(button.Accessible.name, "Model: Ember, Q8_0, on cpu")
            models.progress = 0.42
            models.state = ModelController.Loading
            compare(button.text, "Loading 42 %")
            models.state = ModelController.None
            compare(button.text, "Choose a model")
        }

        function test_loadingCanBeCancelled() {
            picker.close()
            tryVerify(() => !picker.visible)
            models.state = ModelController.Loading
            const progress = createTemporaryObject(progressType, root, { models: models })
            mouseClick(findChild(progress, "cancelLoadButton"))
            compare(models.lastCall(), ["cancel"])
        }
    }
}
