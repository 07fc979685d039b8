// page_store_killer CYCLES [SEED]
// Kills a program that writes pages at a random moment, again and again, on one folder: opening
// never fails, what can be read is right, what was flushed is there, what was forgotten is not.

#include "tests/inference/memory/store/stored_pages.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

using namespace inglenook;

namespace {

constexpr int kConversations = 12;
constexpr int kMostPages = 6;

/// What the writer tells before it is killed.
struct Message {
    enum class Kind : int32_t { Kept, Forgetting, Forgotten } kind;
    int32_t conversation;
    int32_t version; // each is one conversation's, and has its own tokens
    int32_t pages;
};

/// A version of a conversation; all versions begin with the same page.
std::vector<TestPage> pagesOf(int conversation, int version, int count)
{
    std::vector<TestPage> pages{testPage(rootName("killer"), 1, 3'000)};
    for (int i = 1; i < count; ++i) {
        const int token = version * kMostPages + i;
        // from within one block to many
        const size_t bytes = size_t{1} << (6 + (conversation * 7 + version * 5 + i) % 12);
        pages.push_back(testPage(pages.back().name, token, bytes));
    }
    return pages;
}

/// What a turn that ended within the page would have stored of it.
TestPage beginningOf(const TestPage& page)
{
    return begunPage(page, 1 + page.payloadBytes % (kPageTokens - 1));
}

std::string keyOf(int conversation)
{
    return "conversation " + std::to_string(conversation);
}

PageStore::Options optionsIn(const std::filesystem::path& folder)
{
    return {.folder = folder, .quotaBytes = uint64_t{1} << 40, .segmentBytes = 400'000};
}

/// What is known of a conversation.
struct Known {
    std::vector<TestPage> kept; // of the version that was kept last
    Message::Kind state = Message::Kind::Forgotten;
};
using Conversations = std::map<int, Known>;

/// Writes, says what it did, and waits to be killed.
[[noreturn]] void writeForEver(const std::filesystem::path& folder, uint32_t seed, int firstVersion,
                               int pipe)
{
    const auto tell = [&](const Message& message) {
        if (::write(pipe, &message, sizeof message) != sizeof message)
            _exit(3);
    };
    std::mt19937 random(seed);
    PageStore store(optionsIn(folder));
    if (store.mode() != PageStore::Mode::Write)
        _exit(4);
    for (int version = firstVersion;; ++version) {
        const int conversation = static_cast<int>(random() % kConversations);
        const auto forget = [&] {
            tell({Message::Kind::Forgetting, conversation, version, 0});
            store.forget(keyOf(conversation));
            tell({Message::Kind::Forgotten, conversation, version, 0});
        };
        const auto count = static_cast<int>(2 + random() % (kMostPages - 1));
        const auto pages = pagesOf(conversation, version, count);
        switch (random() % 8) {
        case 0:
            store.compact();
            break;
        case 1:
        case 2:
            forget();
            break;
        default:
            forget();
            for (const TestPage& page : pages) {
                if (random() % 2 == 0)
                    append(store, beginningOf(page));
                append(store, page);
            }
            store.keep(keyOf(conversation), std::vector{pages.back().name});
            tell({Message::Kind::Kept, conversation, version, count});
            if (random() % 3 == 0)
                store.flush();
            break;
        }
    }
}

int complain(const char* what, int conversation)
{
    std::printf("conversation %d: %s\n", conversation, what);
    return 1;
}

/// Compares the folder with what the killed writers said. What they kept is there even where it was
/// not flushed: the system outlives a killed program.
int check(PageStore& store, const Conversations& known, const Message& last)
{
    int faults = 0;
    for (const auto& [conversation, is] : known) {
        const std::span own = std::span(is.kept).subspan(is.kept.empty() ? 0 : 1);
        const auto right = std::ranges::count_if(
            own, [&](const TestPage& page) { return reading(store, page) == Reading::Right; });
        const auto all = static_cast<ptrdiff_t>(own.size());
        if (is.state == Message::Kind::Kept && right != all)
            faults += complain("a kept page is not there", conversation);
        const bool outgrown = std::ranges::any_of(own, [&](const TestPage& page) {
            return reading(store, beginningOf(page)) != Reading::Missing;
        });
        if (is.state == Message::Kind::Kept && outgrown)
            faults += complain("the beginning of a page is there beside it", conversation);
        if (is.state == Message::Kind::Kept && reading(store, is.kept[0]) != Reading::Right)
            faults += complain("the page that all share is not there", conversation);
        if (is.state == Message::Kind::Forgotten && right != 0)
            faults += complain("a forgotten page is there", conversation);
        if (is.state == Message::Kind::Forgetting && right != 0 && right != all)
            faults += complain("it is half forgotten", conversation);
    }
    // The version that was told of last: nobody knows how far it came, but no page of it is wrong.
    std::vector<PageName> begun;
    for (const TestPage& page : pagesOf(last.conversation, last.version, kMostPages)) {
        if (reading(store, page) == Reading::Wrong)
            faults += complain("a page is wrong", last.conversation);
        if (reading(store, beginningOf(page)) == Reading::Wrong)
            faults += complain("the beginning of a page is wrong", last.conversation);
        begun.push_back(page.name);
        begun.push_back(beginningOf(page).name);
    }
    if (store.verify([](uint64_t, uint64_t) { return true; }).damaged > 0)
        faults += complain("some page is damaged", -1);
    // what was written and never kept would pile up
    store.keep("leftover", begun);
    store.forget("leftover");
    return faults;
}

/// Runs a writer behind the `last` message for some microseconds, and notes what it says.
bool runAndKill(const std::filesystem::path& folder, uint32_t seed, useconds_t delay,
                Conversations& known, Message& last)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    const pid_t writer = fork();
    if (writer == 0) {
        close(ends[0]);
        writeForEver(folder, seed, last.version + 1, ends[1]);
    }
    close(ends[1]);
    usleep(delay);
    kill(writer, SIGKILL);
    int status = 0;
    waitpid(writer, &status, 0);
    Message message{};
    while (read(ends[0], &message, sizeof message) == sizeof message) {
        Known& is = known[message.conversation];
        is.state = message.kind;
        if (message.kind == Message::Kind::Kept)
            is.kept = pagesOf(message.conversation, message.version, message.pages);
        last = message;
    }
    close(ends[0]);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    std::printf("the writer ended by itself: %d\n", status);
    return false;
}

} // namespace

int main(int argc, char** argv)
{
    const int cycles = argc > 1 ? std::atoi(argv[1]) : 100;
    const auto seed = static_cast<uint32_t>(argc > 2 ? std::atoi(argv[2]) : 1);
    std::string folderName =
        (std::filesystem::temp_directory_path() / "inglenook_killer_XXXXXX").string();
    if (!mkdtemp(folderName.data()))
        return 2;
    const std::filesystem::path folder = std::filesystem::path(folderName) / "pages";

    std::mt19937 random(seed);
    Conversations known;
    Message last{};
    int faults = 0;
    uint64_t pagesSeen = 0;
    int cycle = 0;
    for (; cycle < cycles && faults == 0; ++cycle) {
        const auto delay = static_cast<useconds_t>(random() % 30'000);
        if (!runAndKill(folder, static_cast<uint32_t>(random()), delay, known, last))
            ++faults;
        PageStore store(optionsIn(folder));
        if (store.mode() != PageStore::Mode::Write)
            faults += complain("the folder cannot be opened for writing", -1);
        faults += check(store, known, last);
        pagesSeen += store.stats().pages;
        if (cycle % 500 == 499) {
            std::printf("%d cycles, %d faults\n", cycle + 1, faults);
            std::fflush(stdout);
        }
    }
    std::printf("%d cycles, %llu pages found in all, %d faults\n", cycle,
                static_cast<unsigned long long>(pagesSeen), faults);
    if (faults == 0)
        std::filesystem::remove_all(folderName);
    else
        std::printf("the folder: %s\n", folderName.c_str());
    return faults == 0 && pagesSeen > 0 ? 0 : 1;
}
