#include "kernels/cpu/repack.h"

#include "kernels/cpu/packing.h"
#include "kernels/cpu/repack_blocks.h"
#include "kernels/cpu/repack_super_blocks.h"

namespace inglenook::cpu {
namespace {

template <class Block>
void packAs(DType type, std::byte* panel, std::span<const std::byte> rows, int in)
{
    static constexpr Block none{}; // of a lane that is not there
    const Packing how = packing(keptAs(type));
    const int elements = facts(type).blockElements;
    const int blocks = in / elements, together = how.elements / elements;
    const size_t bytes = rowBytes(type, in);
    // Blocks outermost: the lanes of a record share its cache lines.
    for (int b = 0; b < blocks; ++b) {
        std::byte* record = panel + static_cast<size_t>(b / together) * how.recordBytes;
        for (int quad = 0; quad < kPanelRows / kQuadLanes; ++quad) {
            Blocks from;
            for (int l = 0; l < kQuadLanes; ++l) {
                const size_t row = static_cast<size_t>(kQuadLanes * quad + l) * bytes;
                from.lane[l] = row < rows.size()
                    ? rows.data() + row + static_cast<size_t>(b) * sizeof(Block)
                    : reinterpret_cast<const std::byte*>(&none);
            }
            put(std::type_identity<Block>(), from, record, b % together, quad);
        }
    }
}

template <class Element>
void packElements(std::byte* panel, std::span<const std::byte> rows, int in)
{
    const size_t bytes = static_cast<size_t>(in) * sizeof(Element);
    const size_t lanes = rows.size() / bytes;
    for (size_t k = 0; k < static_cast<size_t>(in); ++k)
        for (size_t lane = 0; lane < lanes; ++lane)
            std::memcpy(panel + (k * kPanelRows + lane) * sizeof(Element),
                        rows.data() + lane * bytes + k * sizeof(Element), sizeof(Element));
}

} // namespace

void packPanel(DType type, std::byte* panel, std::span<const std::byte> rows, int in)
{
    switch (type) {
    case DType::F32:
        return packElements<float>(panel, rows, in);
    case DType::F16:
    case DType::BF16:
        return packElements<uint16_t>(panel, rows, in);
    case DType::Q8_0:
        return packAs<BlockQ8_0>(type, panel, rows, in);
    case DType::Q4_0:
        return packAs<BlockQ4_0>(type, panel, rows, in);
    case DType::Q4_1:
        return packAs<BlockQ4_1>(type, panel, rows, in);
    case DType::Q5_0:
        return packAs<BlockQ5_0>(type, panel, rows, in);
    case DType::Q5_1:
        return packAs<BlockQ5_1>(type, panel, rows, in);
    case DType::Q2_K:
        return packAs<BlockQ2_K>(type, panel, rows, in);
    case DType::Q3_K:
        return packAs<BlockQ3_K>(type, panel, rows, in);
    case DType::Q4_K:
        return packAs<BlockQ4_K>(type, panel, rows, in);
    case DType::Q5_K:
        return packAs<BlockQ5_K>(type, panel, rows, in);
    case DType::Q6_K:
        return packAs<BlockQ6_K>(type, panel, rows, in);
    case DType::IQ4_NL:
        return packAs<BlockIQ4_NL>(type, panel, rows, in);
    case DType::IQ4_XS:
        return packAs<BlockIQ4_XS>(type, panel, rows, in);
    case DType::MXFP4:
        return packAs<BlockMXFP4>(type, panel, rows, in);
    case DType::I32:
        break;
    }
}

} // namespace inglenook::cpu
