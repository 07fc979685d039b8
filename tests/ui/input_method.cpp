#include "tests/ui/input_method.h"

#include <QCoreApplication>
#include <QInputMethodEvent>

namespace inglenook {

void InputMethod::compose(QObject* item, const QString& preedit) const
{
    QInputMethodEvent event(preedit, {});
    QCoreApplication::sendEvent(item, &event);
}

void InputMethod::commit(QObject* item, const QString& text) const
{
    QInputMethodEvent event({}, {});
    event.setCommitString(text);
    QCoreApplication::sendEvent(item, &event);
}

} // namespace inglenook
