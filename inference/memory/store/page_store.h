#pragma once

#include "inference/memory/page_name.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

class StoreContents;
struct StoredPage;

/// What it means for the user that pages are not written.
inline constexpr const char* kReadAnew =
    "Chatting goes on, but after a restart the model reads long conversations anew.";

/// A page as a list of tokens spells it; one that holds fewer is padded (paddedTokens()). The
/// tokens are compared, the name only finds.
struct PageId {
    PageName name;
    PageName parent;
    std::span<const int32_t> tokens; // kPageTokens of them
};

/// Full cache pages on disk, by name, so that nothing is read twice after a restart either. All of
/// it can be computed again: where there is any doubt about a page, it is not there. Nothing here
/// throws because of what is on the disk or what the disk refuses; note() says why pages are no
/// longer written. Of two programs on one folder the first writes, the other only reads. For one
/// thread at a time.
///
/// A page whose parent is gone cannot be found by its tokens. So what is given up for the quota
/// takes its children with it, and a segment holding parents is never given up before a segment
/// holding their children. Only damage and `forget` leave pages of others without a parent.
class PageStore {
public:
    struct Options {
        std::filesystem::path folder; // created if missing, for this user only
        uint64_t quotaBytes = 0; // that files may take on the disk; 0: nothing is written
        uint64_t segmentBytes = uint64_t{256} << 20; // of one file; less where the quota is small
        bool readOnly = false; // writes nothing even if it could, and locks nothing
    };
    enum class Mode {
        Write,
        Read
    }; // Read: asked for, another program writes, or the folder cannot

    explicit PageStore(const Options& options);
    ~PageStore(); // flushes
    PageStore(const PageStore&) = delete;
    PageStore& operator=(const PageStore&) = delete;

    [[nodiscard]] Mode mode() const;
    /// Whether this store only reads because another program writes.
    [[nodiscard]] bool otherWrites() const;
    /// One sentence for the user: why this store only reads, or why writing stopped. Else empty.
    [[nodiscard]] const std::string& note() const;

    /// Looks at the folder anew: sees what the writer has added since, and becomes the writer where
    /// the other one has gone.
    void refresh();

    [[nodiscard]] bool contains(const PageId& page) const;
    /// The length of the payload that was appended; nothing if the page is not there.
    [[nodiscard]] std::optional<uint64_t> payloadBytes(const PageId& page) const;
    /// The page behind this parent that begins with most of the tokens, in `found`, whose own
    /// tokens `held` takes. Returns how many of them it begins with; 0: there is none.
    [[nodiscard]] int findBeginning(PageName parent, std::span<const int32_t> tokens, PageId& found,
                                    std::vector<int32_t>& held) const;
    /// Fills `payload`, which is as long as payloadBytes() says. False: it is not there, or was
    /// damaged and is not there any more; what `payload` then holds means nothing.
    [[nodiscard]] bool read(const PageId& page, std::span<std::byte> payload);

    /// True: the page is there now, or was already, or one that begins with it. False: it was not
    /// written, and its children will not be before it is; note() may say why. Trying again later
    /// is right. Takes the place of those that held a beginning of it. May give up the longest
    /// unused segments for the quota, but none that holds a parent of this page.
    bool append(const PageId& page, std::span<const std::byte> payload);

    /// A conversation needs these pages (all of them, or only the deepest ones where they are
    /// stored) and those of their parents that are stored, besides what it needed before: its
    /// branches add up. `conversation` is a short text, not empty. Pages that nobody keeps stay
    /// until the quota takes them.
    void keep(std::string_view conversation, std::span<const PageName> pages);
    /// Removes the pages that this conversation keeps and no other, and those behind them that
    /// nobody keeps. Their tokens and payload are gone from the disk when this returns, and if it
    /// is interrupted, when the store is next opened for writing. False: not all of it could be
    /// overwritten, or another program writes.
    bool forget(std::string_view conversation);

    /// When this returns true, what was appended before survives a power cut.
    bool flush();

    /// Gives up the longest unused segments until the files take at most `bytes`; 0 empties the
    /// folder. Removes files of other versions too. Nothing in Mode::Read.
    void prune(uint64_t bytes);
    /// Gives the space of removed pages back where the file system could not do it at once: copies
    /// what lives in mostly dead segments. May take seconds.
    void compact();

    struct Stats {
        uint64_t pages = 0;
        uint64_t keptPages = 0; // by a conversation
        uint64_t conversations = 0;
        uint64_t payloadBytes = 0;
        uint64_t diskBytes = 0; // that the files take
        uint64_t quotaBytes = 0;
        uint64_t segments = 0;
        // since this store was opened:
        uint64_t appended = 0; // pages
        uint64_t read = 0;
        uint64_t damaged = 0; // found damaged, and dropped
        uint64_t givenUp = 0; // for the quota
    };
    [[nodiscard]] Stats stats() const;

    struct VerifyReport {
        uint64_t pages = 0; // that are whole
        uint64_t payloadBytes = 0; // of those
        uint64_t damaged = 0; // that were not, and are not there any more
        bool finished = true; // false: `progress` wanted to stop
    };
    /// Reads every page. `progress` is told how many of how many bytes are done; false stops.
    VerifyReport verify(const std::function<bool(uint64_t done, uint64_t total)>& progress);

private:
    void open();
    [[nodiscard]] const StoredPage* find(const PageId& page) const;
    void drop(PageName name);
    [[nodiscard]] bool isWorthwhile(const PageId& page);
    [[nodiscard]] bool write(const PageId& page, std::span<const std::byte> payload);
    [[nodiscard]] bool makeRoom(uint64_t bytes, PageName wanted);

    Options m_options;
    std::set<PageName> m_refused; // not written: their children would be of no use
    Stats m_counts; // what is counted since opening
    std::unique_ptr<StoreContents> m_contents;
};

} // namespace inglenook
