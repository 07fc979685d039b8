#include "storage/settings_store.h"

namespace inglenook {

SettingsStore::SettingsStore(Connection& connection)
    : m_connection(connection)
{
}

std::map<std::string, std::string> SettingsStore::all()
{
    std::map<std::string, std::string> values;
    Statement statement = m_connection.prepare("select key, value from setting");
    while (statement.step())
        values.emplace(statement.text(0), statement.text(1));
    return values;
}

void SettingsStore::set(std::string_view key, std::string_view value, int64_t nowMs)
{
    m_connection
        .prepare(
            "insert into setting (key, value, changed) values (?, ?, ?) "
            "on conflict (key) do update set value = excluded.value, changed = excluded.changed")
        .bind(1, key)
        .bind(2, value)
        .bind(3, nowMs)
        .run();
}

} // namespace inglenook
