#include "kernels/cpu/packing.h"

#include "kernels/cpu/panels.h"

namespace inglenook::cpu {

Packing packing(DType type)
{
    constexpr int pair = kBlock * kPairBlocks, quad = kBlock * kQuadBlocks;
    constexpr int super = kBlock * kSuperBlocks;
    switch (type) {
    case DType::F32:
        return {1, kPanelRows * sizeof(float)};
    case DType::F16:
    case DType::BF16:
        return {1, kPanelRows * sizeof(uint16_t)};
    case DType::Q8_0:
        return {pair, kQ80Record};
    case DType::Q4_0:
        return {pair, kQ40Record};
    case DType::Q5_1:
        return {pair, kQ51Record};
    case DType::MXFP4:
        return {quad, kMXFP4Record};
    case DType::Q2_K:
        return {super, kQ2KRecord};
    case DType::Q3_K:
        return {super, kQ3KRecord};
    case DType::Q4_K:
        return {super, kQ4KRecord};
    case DType::Q5_K:
        return {super, kQ5KRecord};
    case DType::Q6_K:
        return {super, kQ6KRecord};
    case DType::IQ4_XS:
        return {super, kIQ4XSRecord};
    case DType::Q4_1: // keptAs() others
    case DType::Q5_0:
    case DType::IQ4_NL:
    case DType::I32:
        break;
    }
    return {};
}

size_t panelBytes(DType type, int in)
{
    const Packing how = packing(type);
    return static_cast<size_t>((in + how.elements - 1) / how.elements) * how.recordBytes;
}

} // namespace inglenook::cpu
