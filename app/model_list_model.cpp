#include "app/model_list_model.h"

#include <QLocale>

#include <algorithm>
#include <iterator>

namespace inglenook {

ModelListModel::ModelListModel(QObject* parent)
    : QAbstractListModel(parent)
{
}

void ModelListModel::reset(std::vector<ModelFileRow> rows, quint64 freeBytes)
{
    m_all = std::move(rows);
    m_freeBytes = freeBytes;
    std::sort(m_all.begin(), m_all.end(), [](const ModelFileRow& a, const ModelFileRow& b) {
        const int byName = QString::localeAwareCompare(a.name, b.name);
        return byName != 0 ? byName < 0 : a.path < b.path;
    });
    applyFilter();
}

void ModelListModel::setFilter(const QString& filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    applyFilter();
}

void ModelListModel::setCurrent(const QString& path)
{
    if (m_current == path)
        return;
    m_current = path;
    if (count() > 0)
        emit dataChanged(index(0), index(count() - 1), {CurrentRole});
}

const ModelFileRow* ModelListModel::find(const QString& path) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(),
                                    [&path](const ModelFileRow& row) { return row.path == path; });
    return found == m_all.end() ? nullptr : &*found;
}

std::vector<ModelFileRow> ModelListModel::draftsFor(const QString& path) const
{
    std::vector<ModelFileRow> drafts;
    const ModelFileRow* model = find(path);
    if (!model || model->vocabulary == 0)
        return drafts;
    std::copy_if(m_all.begin(), m_all.end(), std::back_inserter(drafts),
                 [model](const ModelFileRow& row) {
                     return row.vocabulary == model->vocabulary &&
                         row.fileBytes < model->fileBytes && row.problem.isEmpty();
                 });
    return drafts;
}

void ModelListModel::applyFilter()
{
    const int before = count();
    const QStringList words = m_filter.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    beginResetModel();
    m_shown.clear();
    for (size_t i = 0; i < m_all.size(); ++i) {
        const ModelFileRow& row = m_all[i];
        const QString searched =
            row.name + u' ' + row.quantisation + u' ' + row.architecture + u' ' + row.path;
        const bool matches =
            std::all_of(words.begin(), words.end(), [&searched](const QString& word) {
                return searched.contains(word, Qt::CaseInsensitive);
            });
        if (matches)
            m_shown.push_back(int(i));
    }
    endResetModel();
    if (count() != before)
        emit countChanged();
}

bool ModelListModel::fits(const ModelFileRow& row) const
{
    return row.problem.isEmpty() && (m_freeBytes == 0 || row.neededBytes <= m_freeBytes);
}

QString ModelListModel::fitText(const ModelFileRow& row) const
{
    if (!row.problem.isEmpty() || row.neededBytes == 0)
        return {};
    if (fits(row))
        return tr("Fits");
    const QLocale locale;
    return tr("Does not fit: needs %1 of %2")
        .arg(locale.formattedDataSize(qint64(row.neededBytes), 1, QLocale::DataSizeSIFormat),
             locale.formattedDataSize(qint64(m_freeBytes), 1, QLocale::DataSizeSIFormat));
}

int ModelListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ModelFileRow& row = m_all[size_t(m_shown[size_t(index.row())])];
    switch (role) {
    case PathRole:
        return row.path;
    case Qt::DisplayRole:
    case NameRole:
        return row.name;
    case QuantisationRole:
        return row.quantisation;
    case SizeTextRole:
        return QLocale().formattedDataSize(qint64(row.fileBytes), 1, QLocale::DataSizeSIFormat);
    case ArchitectureRole:
        return row.architecture;
    case FitTextRole:
        return fitText(row);
    case FitsRole:
        return fits(row);
    case ProblemRole:
        return row.problem;
    case CurrentRole:
        return row.path == m_current;
    case StarterRole:
        return row.starter;
    default:
        return {};
    }
}

QHash<int, QByteArray> ModelListModel::roleNames() const
{
    return {{PathRole, "path"},
            {NameRole, "name"},
            {QuantisationRole, "quantisation"},
            {SizeTextRole, "sizeText"},
            {ArchitectureRole, "architecture"},
            {FitTextRole, "fitText"},
            {FitsRole, "fits"},
            {ProblemRole, "problem"},
            {CurrentRole, "current"},
            {StarterRole, "starter"}};
}

} // namespace inglenook
