#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace inglenook {

enum class DatabaseFault { Other, Damaged, DiskFull, ReadOnly, Busy };

/// What went wrong with which file, and what to do, in one sentence.
class DatabaseError : public std::runtime_error {
public:
    DatabaseError(DatabaseFault fault, const std::string& sentence)
        : std::runtime_error(sentence)
        , m_fault(fault)
    {
    }

    [[nodiscard]] DatabaseFault fault() const { return m_fault; }

private:
    DatabaseFault m_fault;
};

class Statement;

/// A sqlite database, opened so that what was committed survives a power cut and what a hostile
/// file brings along is never run. One thread at a time. Everything here throws DatabaseError.
class Connection {
public:
    enum class Mode { ReadWrite, ReadOnly, Immutable };

    /// Opens a file, or creates it readable by its owner only. ":memory:" is a database of this
    /// connection alone. Immutable reads a file in a folder that cannot be written, where nobody
    /// else may write it either.
    explicit Connection(const std::string& path, Mode mode = Mode::ReadWrite);
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    [[nodiscard]] Statement prepare(std::string_view sql);
    /// Runs statements that take no values and answer nothing.
    void execute(const std::string& sql);
    /// The first number that a statement answers, 0 if it answers nothing.
    [[nodiscard]] int64_t number(std::string_view sql);

    /// Replaces all this database holds by a copy of another.
    void copyFrom(Connection& other);
    /// Throws, as Damaged, if the file does not hold together. Reads all of it.
    void check();

    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    friend class Statement;
    void configure(Mode mode);
    [[noreturn]] void fail(int code) const;

    struct Close {
        void operator()(sqlite3* handle) const;
    };
    std::unique_ptr<sqlite3, Close> m_handle;
    std::string m_path;
};

/// A prepared statement with its values. Columns count from 0, values from 1.
class Statement {
public:
    Statement& bind(int index, int64_t value);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view value);
    /// As the number, or null if it is 0: how an id that means none is kept.
    Statement& bindId(int index, int64_t id);

    /// Moves to the next row; false at the end.
    [[nodiscard]] bool step();
    /// Runs a statement that answers nothing; it may be bound and run again.
    void run();
    /// Makes it ready to be bound and run again.
    void reset();

    [[nodiscard]] int64_t integer(int column) const; // null reads as 0
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const; // null reads as ""

private:
    friend class Connection;
    Statement(Connection& connection, std::string_view sql);

    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Connection* m_connection;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

/// All or nothing: rolled back at the end of its scope unless committed.
class Transaction {
public:
    explicit Transaction(Connection& connection);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Connection& m_connection;
    bool m_open = true;
};

} // namespace inglenook
