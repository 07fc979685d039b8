#pragma once

#include "storage/database.h"

#include <span>

namespace inglenook {

/// The steps from an empty database to today's: step n leads from version n to version n + 1. A
/// released step is never edited; a change of the tables is a new step.
[[nodiscard]] std::span<const char* const> migrationSteps();

/// Brings a database up to date, each step whole or not at all. A file that holds anything is
/// copied first, beside itself. Refuses a file that a newer program wrote, and leaves it as it is.
/// Throws, as Damaged, if an older file's tables are not those of its version.
void migrate(Connection& connection, std::span<const char* const> steps = migrationSteps());

/// Throws, as Damaged, if the tables, indexes and triggers are not exactly those that the steps
/// make: a file from elsewhere must not bring its own.
void verifySchema(Connection& connection, std::span<const char* const> steps = migrationSteps());

} // namespace inglenook
