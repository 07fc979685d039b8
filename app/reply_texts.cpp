#include "app/reply_texts.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace inglenook {

namespace {

constexpr int kTitleLength = 40; // characters

QString translated(const char* text)
{
    return QCoreApplication::translate("Reply", text);
}

} // namespace

QString statusText(const ReplyFigures& figures)
{
    if (figures.replyTokens == 0)
        return {};
    const QLocale locale;
    QStringList parts;
    if (figures.tokensPerSecond > 0.)
        parts.append(translated("%1 tokens/s")
                         .arg(locale.toString(figures.tokensPerSecond, 'f',
                                              figures.tokensPerSecond < 100. ? 1 : 0)));
    parts.append(
        translated("first token %1 ms").arg(locale.toString(figures.firstTokenMs, 'f', 0)));
    if (figures.reusedTokens > 0)
        parts.append(translated("%1 reused").arg(locale.toString(figures.reusedTokens)));
    if (figures.proposedTokens > 0)
        parts.append(translated("guessed %1 of %2")
                         .arg(locale.toString(figures.acceptedTokens),
                              locale.toString(figures.proposedTokens)));
    if (!figures.device.empty())
        parts.append(QString::fromStdString(figures.device));
    return parts.join(QStringLiteral(" · "));
}

QString describeEnd(StopReason reason)
{
    switch (reason) {
    case StopReason::Stopped:
        return translated("Stopped");
    case StopReason::MaxTokens:
        return translated("Cut off at the longest reply that the settings allow");
    case StopReason::ContextFull:
        return translated("The context is full: begin a new chat, or let the settings allow a "
                          "longer context or forgetting");
    case StopReason::EndOfText:
    case StopReason::StopText:
        break;
    }
    return {};
}

QString describeLeftOut(int messages)
{
    if (messages <= 0)
        return {};
    if (messages == 1)
        return translated("1 earlier message no longer fits and was not read for this answer");
    return translated("%1 earlier messages no longer fit and were not read for this answer")
        .arg(QLocale().toString(messages));
}

QString titleFrom(const QString& text)
{
    const QString line = text.simplified();
    if (line.size() <= kTitleLength)
        return line;
    qsizetype end = line.lastIndexOf(QLatin1Char(' '), kTitleLength);
    if (end < kTitleLength / 2)
        end = kTitleLength; // one very long word, or a script without spaces
    if (line.at(end - 1).isHighSurrogate())
        --end;
    return line.left(end) + QStringLiteral("…");
}

ReplyFigures toFigures(const ReplyStats& stats)
{
    ReplyFigures figures;
    figures.promptTokens = stats.promptTokens;
    figures.reusedTokens = stats.reusedTokens;
    figures.replyTokens = stats.replyTokens;
    figures.firstTokenMs = stats.promptSeconds * 1000.;
    if (stats.replyTokens > 1 && stats.replySeconds > 0.)
        figures.tokensPerSecond = (stats.replyTokens - 1) / stats.replySeconds;
    figures.proposedTokens = stats.speculation.proposed;
    figures.acceptedTokens = stats.speculation.accepted;
    figures.device = stats.device;
    return figures;
}

} // namespace inglenook
