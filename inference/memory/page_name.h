#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace inglenook {

/// 128 bits that stand for a list of tokens under one model and cache format. Names find pages;
/// whoever finds one compares the tokens too, a hash is never trusted alone.
struct PageName {
    uint64_t low = 0;
    uint64_t high = 0;
    auto operator<=>(const PageName&) const = default;
};

/// The name of "no tokens": what the first page of a sequence has as its parent. `cacheKey` says
/// everything that the stored numbers depend on besides the tokens (model, KV format, rope).
[[nodiscard]] PageName rootName(std::string_view cacheKey);

/// The name of a full page: a hash of its parent's name and its kPageTokens tokens. The same on
/// every machine of one byte order, and in every version of the program: names are kept on disk.
[[nodiscard]] PageName pageName(PageName parent, std::span<const int32_t> tokens);

/// What names a page that holds fewer tokens: behind them -1, which no vocabulary has.
[[nodiscard]] std::vector<int32_t> paddedTokens(std::span<const int32_t> tokens);
/// The tokens that a page holds: those before the padding.
[[nodiscard]] std::span<const int32_t> withoutPadding(std::span<const int32_t> tokens);

} // namespace inglenook
