#include "kernels/dtype.h"

#include "kernels/quant_formats.h"

#include <cassert>

namespace inglenook {

const DTypeFacts& facts(DType type)
{
    static constexpr DTypeFacts kF32{"F32", 1, 4};
    static constexpr DTypeFacts kF16{"F16", 1, 2};
    static constexpr DTypeFacts kBF16{"BF16", 1, 2};
    static constexpr DTypeFacts kQ8_0{"Q8_0", 32, sizeof(BlockQ8_0)};
    static constexpr DTypeFacts kQ4_0{"Q4_0", 32, sizeof(BlockQ4_0)};
    static constexpr DTypeFacts kQ4_1{"Q4_1", 32, sizeof(BlockQ4_1)};
    static constexpr DTypeFacts kQ5_0{"Q5_0", 32, sizeof(BlockQ5_0)};
    static constexpr DTypeFacts kQ5_1{"Q5_1", 32, sizeof(BlockQ5_1)};
    static constexpr DTypeFacts kQ2_K{"Q2_K", 256, sizeof(BlockQ2_K)};
    static constexpr DTypeFacts kQ3_K{"Q3_K", 256, sizeof(BlockQ3_K)};
    static constexpr DTypeFacts kQ4_K{"Q4_K", 256, sizeof(BlockQ4_K)};
    static constexpr DTypeFacts kQ5_K{"Q5_K", 256, sizeof(BlockQ5_K)};
    static constexpr DTypeFacts kQ6_K{"Q6_K", 256, sizeof(BlockQ6_K)};
    static constexpr DTypeFacts kIQ4_NL{"IQ4_NL", 32, sizeof(BlockIQ4_NL)};
    static constexpr DTypeFacts kIQ4_XS{"IQ4_XS", 256, sizeof(BlockIQ4_XS)};
    static constexpr DTypeFacts kMXFP4{"MXFP4", 32, sizeof(BlockMXFP4)};
    static constexpr DTypeFacts kI32{"I32", 1, 4};
    switch (type) {
    case DType::F32:
        return kF32;
    case DType::F16:
        return kF16;
    case DType::BF16:
        return kBF16;
    case DType::Q8_0:
        return kQ8_0;
    case DType::Q4_0:
        return kQ4_0;
    case DType::Q4_1:
        return kQ4_1;
    case DType::Q5_0:
        return kQ5_0;
    case DType::Q5_1:
        return kQ5_1;
    case DType::Q2_K:
        return kQ2_K;
    case DType::Q3_K:
        return kQ3_K;
    case DType::Q4_K:
        return kQ4_K;
    case DType::Q5_K:
        return kQ5_K;
    case DType::Q6_K:
        return kQ6_K;
    case DType::IQ4_NL:
        return kIQ4_NL;
    case DType::IQ4_XS:
        return kIQ4_XS;
    case DType::MXFP4:
        return kMXFP4;
    case DType::I32:
        return kI32;
    }
    __builtin_unreachable();
}

DType keptAs(DType type)
{
    if (type == DType::Q4_1 || type == DType::Q5_0)
        return DType::Q5_1;
    return type == DType::IQ4_NL ? DType::Q8_0 : type;
}

size_t rowBytes(DType type, int cols)
{
    const DTypeFacts& f = facts(type);
    assert(cols >= 0 && cols % f.blockElements == 0);
    return static_cast<size_t>(cols / f.blockElements) * static_cast<size_t>(f.blockBytes);
}

} // namespace inglenook
