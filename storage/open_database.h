#pragma once

#include "storage/database.h"
#include "storage/folder_lock.h"

#include <string>

namespace inglenook {

/// The program's database, ready for use whatever was found on disk.
struct OpenedDatabase {
    FolderLock lock;
    Connection connection;
    std::string notice; // what the user must know, in one sentence; "" if all is well
    bool lasting = true; // false: in memory, gone when the program ends
};

/// Opens the database in a folder, and creates both, private to the user, if they are missing.
/// Never fails:
/// - a damaged file is kept beside, renamed, and what can be read of it is in the new one;
/// - where the folder cannot be written, or another Inglenook uses it, all happens in memory, on a
/// copy of what is there.
[[nodiscard]] OpenedDatabase openDatabase(const std::string& folder);

/// The same for a database that turned out to be damaged while it was in use.
void repairDatabase(OpenedDatabase& database);

} // namespace inglenook
