#include "inference/model_files/gguf_types.h"

#include <algorithm>
#include <array>

namespace inglenook {

namespace {

// Numbers, block lengths and block sizes are facts of the format. Numbers that are missing
// were withdrawn from it.
constexpr std::array kArrayTypes = {
    GgufArrayType{0, "F32", 1, 4, DType::F32},
    GgufArrayType{1, "F16", 1, 2, DType::F16},
    GgufArrayType{2, "Q4_0", 32, 18, DType::Q4_0},
    GgufArrayType{3, "Q4_1", 32, 20, DType::Q4_1},
    GgufArrayType{6, "Q5_0", 32, 22, DType::Q5_0},
    GgufArrayType{7, "Q5_1", 32, 24, DType::Q5_1},
    GgufArrayType{8, "Q8_0", 32, 34, DType::Q8_0},
    GgufArrayType{9, "Q8_1", 32, 36, {}},
    GgufArrayType{10, "Q2_K", 256, 84, DType::Q2_K},
    GgufArrayType{11, "Q3_K", 256, 110, DType::Q3_K},
    GgufArrayType{12, "Q4_K", 256, 144, DType::Q4_K},
    GgufArrayType{13, "Q5_K", 256, 176, DType::Q5_K},
    GgufArrayType{14, "Q6_K", 256, 210, DType::Q6_K},
    GgufArrayType{15, "Q8_K", 256, 292, {}},
    GgufArrayType{16, "IQ2_XXS", 256, 66, {}},
    GgufArrayType{17, "IQ2_XS", 256, 74, {}},
    GgufArrayType{18, "IQ3_XXS", 256, 98, {}},
    GgufArrayType{19, "IQ1_S", 256, 50, {}},
    GgufArrayType{20, "IQ4_NL", 32, 18, DType::IQ4_NL},
    GgufArrayType{21, "IQ3_S", 256, 110, {}},
    GgufArrayType{22, "IQ2_S", 256, 82, {}},
    GgufArrayType{23, "IQ4_XS", 256, 136, DType::IQ4_XS},
    GgufArrayType{24, "I8", 1, 1, {}},
    GgufArrayType{25, "I16", 1, 2, {}},
    GgufArrayType{26, "I32", 1, 4, DType::I32},
    GgufArrayType{27, "I64", 1, 8, {}},
    GgufArrayType{28, "F64", 1, 8, {}},
    GgufArrayType{29, "IQ1_M", 256, 56, {}},
    GgufArrayType{30, "BF16", 1, 2, DType::BF16},
    GgufArrayType{34, "TQ1_0", 256, 54, {}},
    GgufArrayType{35, "TQ2_0", 256, 66, {}},
    GgufArrayType{39, "MXFP4", 32, 17, DType::MXFP4},
    GgufArrayType{40, "NVFP4", 64, 36, {}},
    GgufArrayType{41, "Q1_0", 128, 18, {}},
};

} // namespace

uint64_t ggufValueBytes(uint32_t type)
{
    switch (static_cast<GgufValueType>(type)) {
    case GgufValueType::U8:
    case GgufValueType::I8:
    case GgufValueType::Bool:
        return 1;
    case GgufValueType::U16:
    case GgufValueType::I16:
        return 2;
    case GgufValueType::U32:
    case GgufValueType::I32:
    case GgufValueType::F32:
        return 4;
    case GgufValueType::U64:
    case GgufValueType::I64:
    case GgufValueType::F64:
        return 8;
    case GgufValueType::String:
    case GgufValueType::Array:
        break;
    }
    return 0;
}

const GgufArrayType* findGgufArrayType(uint32_t number)
{
    const auto found = std::ranges::find(kArrayTypes, number, &GgufArrayType::number);
    return found == kArrayTypes.end() ? nullptr : &*found;
}

const GgufArrayType* findGgufArrayType(std::string_view name)
{
    const auto found = std::ranges::find(kArrayTypes, name, &GgufArrayType::name);
    return found == kArrayTypes.end() ? nullptr : &*found;
}

} // namespace inglenook
