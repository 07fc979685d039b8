import QtQuick
import Inglenook.Ui

// A file of its own, as the headings of sections are.
Component {
    Item {
        width: 1
        height: Theme.px(20)
    }
}
