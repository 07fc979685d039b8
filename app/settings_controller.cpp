#include "app/settings_controller.h"

#include <QEvent>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMetaProperty>
#include <QPalette>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace inglenook {

namespace {

constexpr int kMostContextTokens = 1 << 24;
constexpr int kMostThreads = 1024;
constexpr int kMostPageGigabytes = 10'000;

ContextPolicy policyOf(SettingsController::Overflow overflow)
{
    switch (overflow) {
    case SettingsController::ForgetOldest:
        return ContextPolicy::Roll;
    case SettingsController::ForgetMiddle:
        return ContextPolicy::Middle;
    case SettingsController::Stop:
        break;
    }
    return ContextPolicy::Stop;
}

QVariantMap readMap(const std::string& text)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object().toVariantMap();
}

double within(double value, double least, double most, double otherwise)
{
    return std::isfinite(value) ? std::clamp(value, least, most) : otherwise;
}

} // namespace

SettingsController::SettingsController(QObject* parent)
    : QObject(parent)
{
    const QMetaObject& type = staticMetaObject;
    for (int i = type.propertyOffset(); i < type.propertyCount(); ++i)
        if (const QMetaProperty property = type.property(i); property.isWritable())
            m_defaults.insert(QString::fromLatin1(property.name()), property.read(this));
    updateDark();
    if (qGuiApp)
        qGuiApp->installEventFilter(this);
}

template <class T>
void SettingsController::assign(T& member, const T& value, const char* key, Notify notify)
{
    if (member == value)
        return;
    member = value;
    emit(this->*notify)();
    if (m_reading)
        return;
    QString text;
    if constexpr (std::is_same_v<T, QString>)
        text = value;
    else if constexpr (std::is_same_v<T, QVariantMap>)
        text = QString::fromUtf8(
            QJsonDocument(QJsonObject::fromVariantMap(value)).toJson(QJsonDocument::Compact));
    else if constexpr (std::is_same_v<T, bool>)
        text = value ? QStringLiteral("true") : QStringLiteral("false");
    else if constexpr (std::is_enum_v<T>)
        text = QString::number(int(value));
    else if constexpr (std::is_floating_point_v<T>)
        text = QString::number(value, 'g', 17);
    else
        text = QString::number(value);
    emit saveRequested(QString::fromLatin1(key), text);
}

void SettingsController::setTheme(Theme theme)
{
    assign(m_theme, std::clamp(theme, System, Dark), "theme", &SettingsController::themeChanged);
    updateDark();
}

void SettingsController::setTextScale(double scale)
{
    assign(m_textScale, within(scale, 0.8, 2., 1.), "textScale",
           &SettingsController::textScaleChanged);
}

void SettingsController::setSidebarVisible(bool visible)
{
    assign(m_sidebarVisible, visible, "sidebarVisible", &SettingsController::sidebarVisibleChanged);
}

void SettingsController::setSystemPrompt(const QString& text)
{
    assign(m_systemPrompt, text, "systemPrompt", &SettingsController::systemPromptChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setTemperature(double temperature)
{
    assign(m_temperature, within(temperature, 0., 5., 0.7), "temperature",
           &SettingsController::temperatureChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setTopK(int topK)
{
    assign(m_topK, std::clamp(topK, 0, 1000), "topK", &SettingsController::topKChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setTopP(double topP)
{
    assign(m_topP, within(topP, 0., 1., 0.95), "topP", &SettingsController::topPChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setMinP(double minP)
{
    assign(m_minP, within(minP, 0., 1., 0.05), "minP", &SettingsController::minPChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setRepeatPenalty(double penalty)
{
    assign(m_repeatPenalty, within(penalty, 0.5, 2., 1.), "repeatPenalty",
           &SettingsController::repeatPenaltyChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setFixedSeed(bool fixed)
{
    assign(m_fixedSeed, fixed, "fixedSeed", &SettingsController::fixedSeedChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setSeed(int seed)
{
    assign(m_seed, std::max(seed, 0), "seed", &SettingsController::seedChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setMaxTokens(int tokens)
{
    assign(m_maxTokens, std::clamp(tokens, 0, kMostContextTokens), "maxTokens",
           &SettingsController::maxTokensChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setOverflow(Overflow overflow)
{
    assign(m_overflow, std::clamp(overflow, Stop, ForgetMiddle), "overflow",
           &SettingsController::overflowChanged);
    emit chatSettingsChanged(chatSettings());
}

void SettingsController::setContextTokens(int tokens)
{
    assign(m_contextTokens, std::clamp(tokens, 0, kMostContextTokens), "contextTokens",
           &SettingsController::contextTokensChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setDevice(const QString& device)
{
    assign(m_device, device.isEmpty() ? QStringLiteral("auto") : device, "device",
           &SettingsController::deviceChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setSplit(const QString& split)
{
    assign(m_split, split.isEmpty() ? QStringLiteral("auto") : split, "split",
           &SettingsController::splitChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setThreads(int threads)
{
    assign(m_threads, std::clamp(threads, 0, kMostThreads), "threads",
           &SettingsController::threadsChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setDrafts(const QVariantMap& drafts)
{
    assign(m_drafts, drafts, "drafts", &SettingsController::draftsChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setDraft(const QString& model, const QString& draft)
{
    QVariantMap drafts = m_drafts;
    if (draft == kAutomaticDraft)
        drafts.remove(model);
    else
        drafts.insert(model, draft);
    setDrafts(drafts);
}

void SettingsController::setKeepPages(bool keep)
{
    assign(m_keepPages, keep, "keepPages", &SettingsController::keepPagesChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setPageGigabytes(int gigabytes)
{
    assign(m_pageGigabytes, std::clamp(gigabytes, 1, kMostPageGigabytes), "pageGigabytes",
           &SettingsController::pageGigabytesChanged);
    emit loadSettingsChanged(loadSettings());
}

void SettingsController::setShowStatistics(bool show)
{
    assign(m_showStatistics, show, "showStatistics", &SettingsController::showStatisticsChanged);
}

void SettingsController::reset(const QString& key)
{
    if (m_defaults.contains(key))
        setProperty(key.toLatin1().constData(), m_defaults.value(key));
}

bool SettingsController::isDefault(const QString& key) const
{
    return !m_defaults.contains(key) ||
        property(key.toLatin1().constData()) == m_defaults.value(key);
}

void SettingsController::resetAll()
{
    for (auto kept = m_defaults.cbegin(); kept != m_defaults.cend(); ++kept)
        reset(kept.key());
}

ChatSettings SettingsController::chatSettings() const
{
    ChatSettings settings;
    settings.systemPrompt = m_systemPrompt.toStdString();
    settings.sampling.temperature = float(m_temperature);
    settings.sampling.topK = m_topK;
    settings.sampling.topP = float(m_topP);
    settings.sampling.minP = float(m_minP);
    settings.sampling.repeatPenalty = float(m_repeatPenalty);
    settings.sampling.seed = uint64_t(m_seed);
    settings.fixedSeed = m_fixedSeed;
    settings.maxTokens = m_maxTokens;
    settings.policy = policyOf(m_overflow);
    return settings;
}

LoadSettings SettingsController::loadSettings() const
{
    QMap<QString, QString> drafts;
    for (auto draft = m_drafts.cbegin(); draft != m_drafts.cend(); ++draft)
        drafts.insert(draft.key(), draft.value().toString());
    // A device is chosen by its line in the list, "vulkan:0 llvmpipe"; the first word names it.
    return {.device = m_device.section(u' ', 0, 0),
            .split = m_split,
            .threads = m_threads,
            .contextTokens = m_contextTokens,
            .drafts = drafts,
            .keepPages = m_keepPages,
            .pageGigabytes = m_pageGigabytes};
}

void SettingsController::onSettingsRead(const std::map<std::string, std::string>& values)
{
    m_reading = true;
    for (const auto& [key, value] : values) {
        const QVariant usual = m_defaults.value(QString::fromStdString(key));
        if (usual.typeId() == QMetaType::QVariantMap)
            setProperty(key.c_str(), readMap(value));
        else if (usual.isValid())
            setProperty(key.c_str(), QVariant(QString::fromStdString(value)));
    }
    m_reading = false;
}

void SettingsController::onDatabaseOpened(const QString& path)
{
    if (m_databasePath == path)
        return;
    m_databasePath = path;
    emit databasePathChanged();
}

void SettingsController::onModelsFolderChanged(const QString& folder)
{
    if (m_modelsFolder == folder)
        return;
    m_modelsFolder = folder;
    emit modelsFolderChanged();
}

bool SettingsController::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ApplicationPaletteChange)
        updateDark();
    return QObject::eventFilter(watched, event);
}

void SettingsController::updateDark()
{
    // Before Qt 6.5 only the palette tells which theme the system has.
    const bool dark = m_theme == System
        ? qGuiApp && QGuiApplication::palette().window().color().lightness() < 128
        : m_theme == Dark;
    if (m_dark == dark)
        return;
    m_dark = dark;
    emit darkChanged();
}

} // namespace inglenook
