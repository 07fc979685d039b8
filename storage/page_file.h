#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace inglenook {

/// A value of a row as it lies in the file. Bytes are text or a blob.
using PageValue = std::variant<std::monostate, int64_t, double, std::string>;

struct PageRow {
    int64_t id = 0;
    std::vector<PageValue> values;
};

/// A database file as a heap of pages, for when sqlite will not open it: every page is looked at on
/// its own, and what still reads as rows is handed out. Nothing in the file is believed. The format
/// is described in https://www.sqlite.org/fileformat2.html.
class PageFile {
public:
    /// The log of changes beside the file (`path` with "-wal") counts, up to its last whole
    /// transaction.
    explicit PageFile(const std::string& path);

    /// Calls for each row of each table that can be read, in the order of the pages.
    void forEachRow(const std::function<void(const PageRow&)>& use);

private:
    using Page = std::vector<unsigned char>;

    void readLog(const std::string& path);
    [[nodiscard]] Page page(int64_t number);
    void readLeaf(const Page& page, size_t header, const std::function<void(const PageRow&)>& use);
    [[nodiscard]] bool readPayload(const Page& page, size_t at, uint64_t size,
                                   std::string& payload);

    std::ifstream m_file;
    std::ifstream m_log;
    std::map<int64_t, int64_t> m_logged; // page number to its place in the log
    int64_t m_pageCount = 0;
    size_t m_pageBytes = 4096;
    size_t m_usableBytes = 4096; // some files keep bytes at the end of each page for others
};

} // namespace inglenook
