import QtQuick
import Inglenook.Ui

/// Text as it is, never markup: names, labels and sentences may come from files and models.
Text {
    textFormat: Text.PlainText
    color: Theme.text
    font.pixelSize: Theme.fontBody
}
