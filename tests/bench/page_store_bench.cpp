// page_store_bench FOLDER PAGES MEGABYTES
// Writes, opens and reads back PAGES cache pages of MEGABYTES each (a second time as one plain
// file: what the disk can do), warm and with the system's copies thrown away. FOLDER must be new.

#include "inference/memory/store/page_store.h"
#include "kernels/backend.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <random>
#include <unistd.h>
#include <vector>

using namespace inglenook;

namespace {

namespace fs = std::filesystem;

double seconds(const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void require(bool done, const char* what)
{
    if (done)
        return;
    std::fprintf(stderr, "page_store_bench: %s failed\n", what);
    std::exit(1);
}

/// Makes the next read of every file in the folder come from the disk.
void throwAwayCopies(const fs::path& folder)
{
    for (const auto& entry : fs::directory_iterator(folder)) {
        const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        fdatasync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
}

/// One conversation from its first page on.
class Conversation {
public:
    Conversation(int pages, size_t bytes)
        : m_payload(bytes)
    {
        std::mt19937_64 random(1);
        for (size_t i = 0; i + 8 <= bytes; i += 8) {
            const uint64_t word = random();
            std::memcpy(m_payload.data() + i, &word, 8);
        }
        PageName parent = rootName("bench");
        m_tokens.resize(static_cast<size_t>(pages));
        for (size_t i = 0; i < m_tokens.size(); ++i) {
            m_tokens[i].assign(kPageTokens, static_cast<int32_t>(i));
            const PageName name = pageName(parent, m_tokens[i]);
            m_pages.push_back({name, parent, m_tokens[i]});
            parent = name;
        }
    }

    [[nodiscard]] std::span<const PageId> pages() const { return m_pages; }
    [[nodiscard]] std::span<const std::byte> payload() const { return m_payload; }

private:
    std::vector<std::byte> m_payload;
    std::vector<std::vector<int32_t>> m_tokens;
    std::vector<PageId> m_pages;
};

/// The same bytes through a plain file.
class PlainFile {
public:
    PlainFile(const fs::path& folder, const Conversation& conversation)
        : m_folder(folder)
        , m_conversation(conversation)
    {
        fs::create_directories(folder);
    }

    void write() const
    {
        const int file = open(path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        for (size_t i = 0; i < m_conversation.pages().size(); ++i)
            require(::write(file, m_conversation.payload().data(), bytes()) ==
                        static_cast<ssize_t>(bytes()),
                    "writing the plain file");
        require(fdatasync(file) == 0, "flushing the plain file");
        close(file);
    }

    void read(std::span<std::byte> payload) const
    {
        const int file = open(path().c_str(), O_RDONLY | O_CLOEXEC);
        for (size_t i = 0; i < m_conversation.pages().size(); ++i)
            require(::read(file, payload.data(), bytes()) == static_cast<ssize_t>(bytes()),
                    "reading the plain file");
        close(file);
    }

    /// Past the system's copies, several pages asked for ahead: the most that the disk gives.
    void readDirectly(std::span<std::byte> payload) const
    {
        const int file = open(path().c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT);
        for (size_t i = 0; i < m_conversation.pages().size(); ++i)
            require(::read(file, payload.data(), bytes()) == static_cast<ssize_t>(bytes()),
                    "reading the plain file directly");
        close(file);
    }

private:
    [[nodiscard]] fs::path path() const { return m_folder / "plain"; }
    [[nodiscard]] size_t bytes() const { return m_conversation.payload().size(); }

    fs::path m_folder;
    const Conversation& m_conversation;
};

void readAll(PageStore& store, const Conversation& conversation, std::span<std::byte> payload)
{
    for (const PageId& page : conversation.pages())
        require(store.read(page, payload), "reading a page");
    require(std::ranges::equal(payload, conversation.payload()), "comparing a page");
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "page_store_bench FOLDER PAGES MEGABYTES\n");
        return 2;
    }
    const fs::path folder = argv[1];
    require(!fs::exists(folder), "FOLDER is there already; creating it");
    const Conversation conversation(std::atoi(argv[2]),
                                    static_cast<size_t>(std::atof(argv[3]) * 1e6) / 4096 * 4096);
    const auto total = static_cast<double>(conversation.pages().size()) *
        static_cast<double>(conversation.payload().size());
    const PageStore::Options options{.folder = folder / "pages", .quotaBytes = ~uint64_t{0}};
    const PlainFile plain(folder / "plain", conversation);
    auto* aligned = static_cast<std::byte*>(
        std::aligned_alloc(4096, std::max<size_t>(conversation.payload().size(), 4096)));
    const std::span payload(aligned, conversation.payload().size());
    const auto print = [&](const char* what, double time) {
        std::printf("%-46s %8.3f s  %6.2f GB/s\n", what, time, total / time / 1e9);
        std::fflush(stdout);
    };

    for (int pass = 0; pass < 2; ++pass) {
        fs::remove_all(folder / "pages");
        print("write a plain file, flush", seconds([&] { plain.write(); }));
        print("append to the store, flush", seconds([&] {
                  PageStore store(options);
                  for (const PageId& page : conversation.pages())
                      require(store.append(page, conversation.payload()), "appending");
                  require(store.flush(), "flushing");
              }));
    }
    const auto openStore = [&] {
        std::unique_ptr<PageStore> store;
        const double time = seconds([&] { store = std::make_unique<PageStore>(options); });
        std::printf("%-46s %8.3f ms\n", "open", time * 1e3);
        return store;
    };
    for (int pass = 0; pass < 3; ++pass) {
        throwAwayCopies(folder / "plain");
        print("cold: read a plain file past the cache",
              seconds([&] { plain.readDirectly(payload); }));
        throwAwayCopies(folder / "plain");
        print("cold: read a plain file", seconds([&] { plain.read(payload); }));
        throwAwayCopies(folder / "pages");
        std::printf("cold: ");
        const auto store = openStore();
        print("cold: read the store", seconds([&] { readAll(*store, conversation, payload); }));
    }
    for (int pass = 0; pass < 2; ++pass) {
        plain.read(payload);
        print("warm: read a plain file", seconds([&] { plain.read(payload); }));
        std::printf("warm: ");
        const auto store = openStore();
        readAll(*store, conversation, payload);
        print("warm: read the store", seconds([&] { readAll(*store, conversation, payload); }));
    }
    std::free(aligned);
    fs::remove_all(folder);
    return 0;
}
