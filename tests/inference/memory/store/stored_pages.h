#pragma once

#include "inference/memory/store/page_store.h"
#include "kernels/backend.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace inglenook {

/// A page with a payload that follows from its name, so that it can be told from any other.
struct TestPage {
    PageName parent;
    std::vector<int32_t> tokens;
    PageName name;
    size_t payloadBytes = 0;

    [[nodiscard]] PageId id() const { return {name, parent, tokens}; }
    [[nodiscard]] std::vector<std::byte> payload() const
    {
        std::vector<std::byte> bytes(payloadBytes);
        uint64_t state = name.low | 1;
        for (std::byte& byte : bytes) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            byte = static_cast<std::byte>(state >> 56);
        }
        return bytes;
    }
};

/// The page behind `parent` whose tokens begin with `token`.
inline TestPage testPage(PageName parent, int32_t token, size_t payloadBytes)
{
    TestPage page{.parent = parent,
                  .tokens = std::vector<int32_t>(kPageTokens, token),
                  .payloadBytes = payloadBytes};
    page.name = pageName(parent, page.tokens);
    return page;
}

/// A page that holds the first tokens of another.
inline TestPage begunPage(const TestPage& page, size_t tokens)
{
    TestPage begun = page;
    begun.tokens = paddedTokens(std::span(page.tokens).first(tokens));
    begun.name = pageName(begun.parent, begun.tokens);
    return begun;
}

/// Pages one behind the other.
inline std::vector<TestPage> testPages(int32_t token, int count, size_t payloadBytes)
{
    std::vector<TestPage> pages;
    PageName parent = rootName("test");
    for (int i = 0; i < count; ++i) {
        pages.push_back(testPage(parent, token + i, payloadBytes));
        parent = pages.back().name;
    }
    return pages;
}

inline bool append(PageStore& store, const TestPage& page)
{
    return store.append(page.id(), page.payload());
}

inline void appendAll(PageStore& store, const std::vector<TestPage>& pages)
{
    for (const TestPage& page : pages)
        append(store, page);
}

enum class Reading { Right, Missing, Wrong };

/// What reading a page gives.
inline Reading reading(PageStore& store, const TestPage& page)
{
    std::vector<std::byte> payload(store.payloadBytes(page.id()).value_or(0));
    if (!store.read(page.id(), payload))
        return Reading::Missing;
    return payload == page.payload() ? Reading::Right : Reading::Wrong;
}

inline int countReadable(PageStore& store, const std::vector<TestPage>& pages)
{
    int count = 0;
    for (const TestPage& page : pages)
        count += reading(store, page) == Reading::Right ? 1 : 0;
    return count;
}

inline std::vector<std::filesystem::path> segmentFiles(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".pages")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

inline std::string contentOf(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator(stream), {}};
}

inline void writeContent(const std::filesystem::path& file, const std::string& content)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

/// Whether any file of the folder holds these bytes.
inline bool folderHolds(const std::filesystem::path& folder, std::span<const std::byte> bytes)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const auto& file : segmentFiles(folder))
        if (contentOf(file).find(text) != std::string::npos)
            return true;
    return false;
}

} // namespace inglenook
