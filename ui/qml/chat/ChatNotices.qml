import QtQuick
import Inglenook.App
import Inglenook.Ui

/// What stands between transcript and composer when there is something to say.
Column {
    id: root

    required property ChatController chat
    required property ModelController models
    required property ConversationController conversations

    signal modelPickerRequested()

    spacing: Theme.gap

    LoadProgress {
        width: parent.width
        visible: root.models.state === ModelController.Loading
        models: root.models
    }

    ErrorBanner {
        objectName: "modelError"
        width: parent.width
        visible: root.models.state === ModelController.Failed && root.models.errorText !== ""
        text: root.models.errorText
        dismissable: false
        actionText: qsTr("Choose another model")
        secondActionText: qsTr("Try again")
        onActionClicked: root.modelPickerRequested()
        onSecondActionClicked: root.models.retry()
    }

    ErrorBanner {
        objectName: "cacheTrouble"
        width: parent.width
        visible: root.models.cacheTrouble !== ""
        urgent: false
        text: root.models.cacheTrouble
        onDismissed: root.models.dismissCacheTrouble()
    }

    ErrorBanner {
        objectName: "chatError"
        width: parent.width
        visible: root.chat.errorText !== ""
        text: root.chat.errorText
        onDismissed: root.chat.dismissError()
    }

    ErrorBanner {
        objectName: "conversationsError"
        width: parent.width
        visible: root.conversations.errorText !== ""
        text: root.conversations.errorText
        onDismissed: root.conversations.dismissError()
    }
}
