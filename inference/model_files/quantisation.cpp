#include "inference/model_files/quantisation.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace inglenook {

std::string quantisationName(const ModelFile& file)
{
    // The numbers that files give to the usual mixes of formats.
    static constexpr std::pair<int, std::string_view> kTypes[] = {
        {0, "F32"},     {1, "F16"},     {2, "Q4_0"},    {7, "Q8_0"},
        {12, "Q3_K_M"}, {14, "Q4_K_S"}, {15, "Q4_K_M"}, {16, "Q5_K_S"},
        {17, "Q5_K_M"}, {18, "Q6_K"},   {32, "BF16"}};
    const int64_t type = file.metadata().integer("general.file_type", 0, 1 << 20).value_or(-1);
    for (const auto& [number, name] : kTypes)
        if (number == type)
            return std::string(name);
    std::map<std::string, uint64_t> bytes;
    for (const ModelArray& array : file.arrays())
        bytes[array.typeName] += array.byteCount;
    const auto most =
        std::ranges::max_element(bytes, {}, [](const auto& entry) { return entry.second; });
    return most == bytes.end() ? std::string() : most->first;
}

} // namespace inglenook
