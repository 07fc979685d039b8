#include "inference/memory/page_name.h"

#include "kernels/backend.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <xxhash.h>

namespace inglenook {

namespace {

constexpr int32_t kPadding = -1; // no token

PageName hashed(const XXH128_hash_t& hash)
{
    return {.low = hash.low64, .high = hash.high64};
}

} // namespace

PageName rootName(std::string_view cacheKey)
{
    return hashed(XXH3_128bits(cacheKey.data(), cacheKey.size()));
}

PageName pageName(PageName parent, std::span<const int32_t> tokens)
{
    std::array<uint64_t, 2 + kPageTokens / 2> words{parent.low, parent.high};
    assert(tokens.size() == kPageTokens);
    std::copy_n(reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes(),
                reinterpret_cast<char*>(words.data() + 2));
    return hashed(XXH3_128bits(words.data(), sizeof words));
}

std::vector<int32_t> paddedTokens(std::span<const int32_t> tokens)
{
    std::vector<int32_t> padded(tokens.begin(), tokens.end());
    padded.resize(kPageTokens, kPadding);
    return padded;
}

std::span<const int32_t> withoutPadding(std::span<const int32_t> tokens)
{
    const auto end = std::ranges::find(tokens, kPadding);
    return tokens.first(static_cast<size_t>(end - tokens.begin()));
}

} // namespace inglenook
