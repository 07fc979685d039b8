#include "storage/database.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

namespace inglenook {

namespace {

constexpr int kBusyTimeoutMs = 2000;
constexpr int kLongestValueBytes = 256 << 20;

DatabaseFault faultOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return DatabaseFault::Damaged;
    case SQLITE_FULL:
        return DatabaseFault::DiskFull;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return DatabaseFault::ReadOnly;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DatabaseFault::Busy;
    default:
        return DatabaseFault::Other;
    }
}

std::string sentence(DatabaseFault fault, const std::string& path, const char* detail)
{
    const std::string file =
        path == ":memory:" ? "The memory that holds the conversations" : "The file " + path;
    switch (fault) {
    case DatabaseFault::Damaged:
        return file + " is damaged (" + detail + ").";
    case DatabaseFault::DiskFull:
        return file + " could not grow because the disk is full; free some space.";
    case DatabaseFault::ReadOnly:
        return file + " cannot be written; check the permissions of the file and its folder.";
    case DatabaseFault::Busy:
        return file + " is in use by another program; close that one and try again.";
    case DatabaseFault::Other:
        break;
    }
    return file + " could not be read or written (" + detail + "); check the disk.";
}

void createPrivately(const std::string& path)
{
    // sqlite would create it readable by everyone; the files beside it take over its permissions.
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
        ::close(file); // if not, sqlite says why
}

std::string uriOf(const std::string& path, const char* parameters)
{
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            constexpr char kDigits[] = "0123456789abcdef";
            uri += {'%', kDigits[(c >> 4) & 15], kDigits[c & 15]};
        } else {
            uri += c;
        }
    }
    return uri + parameters;
}

} // namespace

Connection::Connection(const std::string& path, Mode mode)
    : m_path(path)
{
    if (path != ":memory:" && mode == Mode::ReadWrite)
        createPrivately(path);
    sqlite3* handle = nullptr;
    int flags =
        mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    std::string name = path;
    if (mode == Mode::Immutable) {
        flags |= SQLITE_OPEN_URI;
        name = uriOf(path, "?immutable=1");
    }
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK)
        fail(code);
    configure(mode);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

void Connection::Close::operator()(sqlite3* handle) const
{
    sqlite3_close_v2(handle);
}

void Connection::configure(Mode mode)
{
    sqlite3* handle = m_handle.get();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValueBytes);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    execute("pragma foreign_keys = on");
    execute("pragma cell_size_check = on");
    execute("pragma mmap_size = 0");
    if (mode != Mode::ReadWrite)
        return;
    execute("pragma journal_mode = wal");
    execute("pragma synchronous = full");
}

void Connection::fail(int code) const
{
    const DatabaseFault fault = faultOf(code);
    const char* detail = m_handle ? sqlite3_errmsg(m_handle.get()) : sqlite3_errstr(code);
    throw DatabaseError(fault, sentence(fault, m_path, detail));
}

Statement Connection::prepare(std::string_view sql)
{
    return Statement(*this, sql);
}

void Connection::execute(const std::string& sql)
{
    const int code = sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(code);
}

int64_t Connection::number(std::string_view sql)
{
    Statement statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Connection::copyFrom(Connection& other)
{
    sqlite3_backup* backup =
        sqlite3_backup_init(m_handle.get(), "main", other.m_handle.get(), "main");
    if (!backup)
        fail(sqlite3_errcode(m_handle.get()));
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    if (code != SQLITE_OK)
        other.fail(code);
}

void Connection::check()
{
    Statement statement = prepare("pragma quick_check(1)");
    if (!statement.step() || statement.text(0) != "ok")
        throw DatabaseError(
            DatabaseFault::Damaged,
            sentence(DatabaseFault::Damaged, m_path, "its parts do not fit together"));
}

Statement::Statement(Connection& connection, std::string_view sql)
    : m_connection(&connection)
{
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(connection.m_handle.get(), sql.data(), int(sql.size()),
                                        &statement, nullptr);
    m_statement.reset(statement);
    if (code != SQLITE_OK)
        connection.fail(code);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, int64_t value)
{
    if (const int code = sqlite3_bind_int64(m_statement.get(), index, value); code != SQLITE_OK)
        m_connection->fail(code);
    return *this;
}

Statement& Statement::bind(int index, double value)
{
    if (const int code = sqlite3_bind_double(m_statement.get(), index, value); code != SQLITE_OK)
        m_connection->fail(code);
    return *this;
}

Statement& Statement::bind(int index, std::string_view value)
{
    const char* bytes = value.data() ? value.data() : ""; // null would bind as null
    const int code = sqlite3_bind_text64(m_statement.get(), index, bytes, value.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK)
        m_connection->fail(code);
    return *this;
}

Statement& Statement::bindId(int index, int64_t id)
{
    if (id != 0)
        return bind(index, id);
    if (const int code = sqlite3_bind_null(m_statement.get(), index); code != SQLITE_OK)
        m_connection->fail(code);
    return *this;
}

bool Statement::step()
{
    const int code = sqlite3_step(m_statement.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        m_connection->fail(code);
    return code == SQLITE_ROW;
}

void Statement::run()
{
    while (step()) { }
    reset();
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
}

int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement.get(), column);
}

std::string Statement::text(int column) const
{
    const auto* bytes =
        reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return bytes ? std::string(bytes, size_t(size)) : std::string();
}

Transaction::Transaction(Connection& connection)
    : m_connection(connection)
{
    m_connection.execute("begin immediate");
}

Transaction::~Transaction()
{
    if (!m_open)
        return;
    try {
        m_connection.execute("rollback");
    } catch (const DatabaseError&) {
        // After some errors sqlite has rolled back by itself.
    }
}

void Transaction::commit()
{
    m_connection.execute("commit");
    m_open = false;
}

} // namespace inglenook
