pragma ComponentBehavior: Bound

import QtQuick
import QtQml

/// The keys that work everywhere in the window.
Item {
    id: root

    signal newChat()
    signal search()
    signal sidebar()
    signal modelPicker()
    signal settings()
    signal chatAt(int row)
    /// Larger (1), smaller (-1), or as it was (0)
    signal textSize(int step)
    signal nextPane()
    signal sheet()

    Shortcut {
        sequences: ["Ctrl+N"]
        onActivated: root.newChat()
    }

    Shortcut {
        sequences: ["Ctrl+F", "Ctrl+Shift+F"]
        onActivated: root.search()
    }

    Shortcut {
        sequences: ["Ctrl+B"]
        onActivated: root.sidebar()
    }

    Shortcut {
        sequences: ["Ctrl+L"]
        onActivated: root.modelPicker()
    }

    Shortcut {
        sequences: ["Ctrl+,"]
        onActivated: root.settings()
    }

    Shortcut {
        sequences: ["Ctrl++", "Ctrl+="]
        onActivated: root.textSize(1)
    }

    Shortcut {
        sequences: ["Ctrl+-"]
        onActivated: root.textSize(-1)
    }

    Shortcut {
        sequences: ["Ctrl+0"]
        onActivated: root.textSize(0)
    }

    Shortcut {
        sequences: ["F6"]
        onActivated: root.nextPane()
    }

    Shortcut {
        sequences: ["Ctrl+/"]
        onActivated: root.sheet()
    }

    Instantiator {
        model: 9

        Shortcut {
            required property int index

            sequences: ["Ctrl+" + (index + 1)]
            onActivated: root.chatAt(index)
        }
    }
}
