#include "storage/open_database.h"

#include "storage/migrations.h"
#include "storage/recovery.h"

#include <filesystem>
#include <optional>

namespace inglenook {

namespace {

namespace fs = std::filesystem;

// A larger file is not read whole at every start; its damage shows when a damaged part is read.
constexpr uintmax_t kCheckedBytes = 32u << 20;

uintmax_t sizeOf(const std::string& path)
{
    std::error_code missing;
    const uintmax_t size = fs::file_size(path, missing);
    return missing ? 0 : size;
}

/// Where a recovery writes, until it is whole.
std::string recoveryOf(const std::string& path)
{
    return path + ".recovered";
}

Connection openSound(const std::string& path)
{
    if (!fs::exists(path) && fs::exists(recoveryOf(path)))
        fs::rename(recoveryOf(path),
                   path); // the program ended between the two steps of openRecovered()
    // sqlite takes an empty file for a new database and throws its log away, which may hold
    // everything.
    if (sizeOf(path) == 0 && sizeOf(path + "-wal") > 0)
        throw DatabaseError(DatabaseFault::Damaged, "The file " + path + " is empty.");
    Connection connection(path);
    migrate(connection);
    verifySchema(connection);
    if (sizeOf(path) <= kCheckedBytes)
        connection.check();
    return connection;
}

std::string keepDamaged(const std::string& path)
{
    std::string kept;
    for (int number = 1; kept.empty() || fs::exists(kept); ++number)
        kept = path + ".damaged-" + std::to_string(number);
    fs::rename(path, kept);
    if (fs::exists(path + "-wal"))
        fs::rename(path + "-wal", kept + "-wal");
    std::error_code ignored;
    fs::remove(path + "-shm", ignored); // an index of the log, made anew where needed
    return kept;
}

std::string plural(int count, const std::string& noun)
{
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

OpenedDatabase openRecovered(const std::string& path, FolderLock lock)
{
    const std::string fresh = recoveryOf(path);
    for (const char* part : {"", "-wal", "-shm"})
        fs::remove(fresh + part); // of an attempt that did not end
    Recovered recovered;
    {
        Connection connection(fresh);
        migrate(connection);
        recovered = recover(path, connection);
    }
    const std::string kept = keepDamaged(path);
    fs::rename(fresh, path);
    std::string notice = "The file " + path +
        " was damaged: " + plural(recovered.conversations, "conversation") + " with " +
        plural(recovered.messages, "message") +
        " could be recovered, and the damaged file is kept as " + kept + ".";
    return {.lock = std::move(lock),
            .connection = Connection(path),
            .notice = std::move(notice),
            .lasting = true};
}

/// A database in memory with what can be read of the file, if anything.
OpenedDatabase openInMemory(const std::string& path, Connection::Mode mode, const std::string& why)
{
    Connection memory(":memory:");
    try {
        Connection file(path, mode);
        memory.copyFrom(file);
        migrate(memory);
        verifySchema(memory);
        memory.check();
    } catch (const DatabaseError& error) {
        memory = Connection(":memory:");
        migrate(memory);
        if (error.fault() == DatabaseFault::Damaged)
            recover(path, memory);
    }
    return {.lock = {},
            .connection = std::move(memory),
            .notice = why + " What is written now is lost when the program ends.",
            .lasting = false};
}

void createFolder(const std::string& folder)
{
    if (fs::is_directory(folder))
        return;
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
}

} // namespace

OpenedDatabase openDatabase(const std::string& folder)
{
    const std::string path = folder + "/conversations.sqlite";
    FolderLock lock;
    try {
        createFolder(folder);
        lock = FolderLock(folder);
        if (lock.state() == FolderLock::State::Taken)
            return openInMemory(path, Connection::Mode::ReadOnly,
                                "Another Inglenook is using the folder " + folder + ".");
        try {
            return {.lock = std::move(lock),
                    .connection = openSound(path),
                    .notice = {},
                    .lasting = true};
        } catch (const DatabaseError& error) {
            if (error.fault() != DatabaseFault::Damaged)
                throw;
            return openRecovered(path, std::move(lock));
        }
    } catch (const DatabaseError& error) {
        return openInMemory(path, Connection::Mode::Immutable, error.what());
    } catch (const fs::filesystem_error& error) {
        return openInMemory(path, Connection::Mode::Immutable,
                            "The folder " + folder + " cannot be written (" +
                                error.code().message() + "); check its permissions.");
    }
}

void repairDatabase(OpenedDatabase& database)
{
    if (!database.lasting)
        return;
    const std::string path = database.connection.path();
    FolderLock lock = std::move(database.lock);
    database.connection = Connection(":memory:"); // closes the file
    try {
        database = openRecovered(path, std::move(lock));
    } catch (const std::exception& error) {
        database = openInMemory(path, Connection::Mode::Immutable, error.what());
    }
}

} // namespace inglenook
