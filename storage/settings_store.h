#pragma once

#include "storage/database.h"

#include <map>
#include <string>

namespace inglenook {

/// Values by name. Knows nothing about what they mean.
class SettingsStore {
public:
    /// The connection is migrated, and outlives the store.
    explicit SettingsStore(Connection& connection);

    [[nodiscard]] std::map<std::string, std::string> all();
    void set(std::string_view key, std::string_view value, int64_t nowMs);

private:
    Connection& m_connection;
};

} // namespace inglenook
