import QtQuick
import QtQuick.Templates as T
import Inglenook.Ui

/// One model file: what it is, and whether it can be used here.
T.ItemDelegate {
    id: root

    required property int index
    required property string path
    required property string name
    required property string quantisation
    required property string sizeText
    required property string architecture
    required property string fitText
    required property bool fits
    required property string problem
    required property bool current
    required property bool starter

    readonly property bool usable: problem === ""
    readonly property string facts: quantisation + (quantisation === "" || sizeText === "" ? "" : " · ")
                                    + sizeText + (architecture === "" ? "" : " · " + architecture)

    implicitHeight: implicitContentHeight + Theme.px(18)
    hoverEnabled: true
    focusPolicy: Qt.NoFocus
    Accessible.name: usable ? qsTr("%1, %2, %3").arg(name).arg(facts).arg(fitText)
                            : qsTr("%1, %2").arg(name).arg(problem)
    Accessible.onPressAction: clicked()

    contentItem: ModelSummary {
        name: root.name
        facts: root.facts
        fitText: root.fitText
        fits: root.fits
        problem: root.problem
        current: root.current
        starter: root.starter
    }

    background: Rectangle {
        radius: Theme.radius
        color: root.down ? Theme.pressed : root.highlighted || root.hovered ? Theme.hover : "transparent"
    }
}
