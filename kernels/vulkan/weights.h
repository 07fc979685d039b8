#pragma once

#include "kernels/vulkan/context.h"

#include <array>

namespace inglenook::vulkan {

/// Addresses of a part's planes (repack.h), as shaders take them.
struct PlaneAddresses {
    VkDeviceAddress quants = 0;
    VkDeviceAddress scales = 0;
    VkDeviceAddress high = 0;
    VkDeviceAddress factors = 0;
};

/// A loaded matrix, one set of planes per part; neighbouring parts of one format are one. A matrix
/// of a single row is kept as F32: it is a vector.
class DeviceWeight final : public WeightData {
public:
    DeviceWeight(const std::shared_ptr<Context>& context, std::span<const WeightPart> parts,
                 int in);

    struct Part {
        DType type = DType::F32;
        int first = 0; // row of the matrix
        int out = 0;
        int units = 0; // of kUnitElements, per row
        PlaneAddresses planes;
    };

    [[nodiscard]] std::span<const Part> parts() const { return m_parts; }
    [[nodiscard]] size_t bytes() const { return m_bytes; }

private:
    void loadParts(const std::shared_ptr<Context>& context, std::span<const WeightPart> parts,
                   int in, int first);

    std::vector<Part> m_parts;
    std::vector<std::unique_ptr<SharedRange>> m_memory; // per part
    size_t m_bytes = 0;
};

[[nodiscard]] const DeviceWeight& deviceWeight(const Weight& weight);

/// Where a vector's F32 elements lie.
[[nodiscard]] inline VkDeviceAddress vectorAddress(const Weight& weight)
{
    return deviceWeight(weight).parts().front().planes.quants;
}

/// One shader per weight format, for kernels compiled with FORMATS.
struct FormatShaders {
    std::span<const uint32_t> f32, f16, bf16, q8_0, q4_0, q4_k, q5_k, q6_k;

    [[nodiscard]] std::span<const uint32_t> of(DType type) const;
};

} // namespace inglenook::vulkan
