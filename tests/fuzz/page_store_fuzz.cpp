#include "inference/memory/store/page_store.h"
#include "inference/memory/store/segment.h"

#include <cstring>
#include <fstream>
#include <unistd.h>
#include <xxhash.h>

namespace {

using namespace inglenook;

constexpr uint64_t kNumber = 1;

/// Makes the checksums of some headers right, so that what is behind them is looked at as well.
std::string withChecksums(std::string file)
{
    for (size_t at = kBlockBytes; at + sizeof(RecordHeader) <= file.size(); at += kBlockBytes) {
        RecordHeader header;
        std::memcpy(&header, file.data() + at, sizeof header);
        if (header.checksum % 4 == 0)
            continue;
        header.payloadBytes %= 3 * kBlockBytes;
        const size_t left = file.size() - at - sizeof header;
        std::vector<std::byte> payload(std::min<uint64_t>(header.payloadBytes, left));
        if (!payload.empty())
            std::memcpy(payload.data(), file.data() + at + sizeof header, payload.size());
        seal(header, payload, kNumber);
        std::memcpy(file.data() + at, &header, sizeof header);
    }
    return file;
}

/// A folder of this process, in memory where the system has such.
std::filesystem::path folder()
{
    const std::filesystem::path memory = "/dev/shm";
    std::error_code error;
    const auto base = std::filesystem::is_directory(memory, error)
        ? memory
        : std::filesystem::temp_directory_path();
    return base / ("inglenook_fuzz_" + std::to_string(getpid()));
}

} // namespace

// Any bytes are a segment: what is whole in it can be read, nothing of it harms.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::filesystem::path pages = folder();
    std::filesystem::create_directories(pages);
    std::ofstream(Segment::pathOf(pages, kNumber), std::ios::binary | std::ios::trunc)
        << withChecksums({reinterpret_cast<const char*>(data), size});
    for (const bool readOnly : {true, false}) {
        PageStore store({.folder = pages, .quotaBytes = uint64_t{1} << 30, .readOnly = readOnly});
        (void)store.verify([](uint64_t, uint64_t) { return true; });
        if (readOnly)
            continue;
        store.keep("a", std::vector{rootName("a")});
        store.forget("a");
        store.compact();
        const uint64_t before = store.stats().pages;
        if (store.verify([](uint64_t, uint64_t) { return true; }).pages != before)
            __builtin_trap();
        store.prune(0);
        if (store.stats().pages != 0)
            __builtin_trap();
    }
    std::filesystem::remove_all(pages);
    return 0;
}
