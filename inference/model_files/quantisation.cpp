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
        {0, "F32"},     {1, "F16"},     {2, "Q4_0"},    {3, "Q4_1"},    {7, "Q8_0"},
        {8, "Q5_0"},    {9, "Q5_1"},    {10, "Q2_K"},   {11, "Q3_K_S"}, {12, "Q3_K_M"},
        {13, "Q3_K_L"}, {14, "Q4_K_S"}, {15, "Q4_K_M"}, {16, "Q5_K_S"}, {17, "Q5_K_M"},
        {18, "Q6_K"},   {21, "Q2_K_S"}, {25, "IQ4_NL"}, {30, "IQ4_XS"}, {32, "BF16"},
        {38, "MXFP4"}};
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
