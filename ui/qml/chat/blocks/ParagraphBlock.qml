import Inglenook.Ui

SelectableText {
    required property BlockDelegate block

    text: block.text
}
