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
    static constexpr DTypeFacts kQ4_K{"Q4_K", 256, sizeof(BlockQ4_K)};
    static constexpr DTypeFacts kQ5_K{"Q5_K", 256, sizeof(BlockQ5_K)};
    static constexpr DTypeFacts kQ6_K{"Q6_K", 256, sizeof(BlockQ6_K)};
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
    case DType::Q4_K:
        return kQ4_K;
    case DType::Q5_K:
        return kQ5_K;
    case DType::Q6_K:
        return kQ6_K;
    case DType::I32:
        return kI32;
    }
    __builtin_unreachable();
}

size_t rowBytes(DType type, int cols)
{
    const DTypeFacts& f = facts(type);
    assert(cols >= 0 && cols % f.blockElements == 0);
    return static_cast<size_t>(cols / f.blockElements) * static_cast<size_t>(f.blockBytes);
}

} // namespace inglenook
