#pragma once

#include "kernels/backend.h"
#include "kernels/vulkan/context.h"

#include <array>
#include <vector>

namespace inglenook::vulkan {

/// Addresses of a part's planes (repack.h), as shaders take them.
struct PlaneAddresses {
    VkDeviceAddress quants = 0;
    VkDeviceAddress scales = 0;
    VkDeviceAddress high = 0;
    VkDeviceAddress factors = 0;
};

/// Where the planes of a part lie in its range.
struct WeightPlacement {
    std::array<size_t, 4> rowBytes{}; // of each plane
    std::array<size_t, 4> offsets{};
    size_t bytes = 0;
};

/// A loaded matrix, one set of planes per part; neighbouring parts of one layout are one. A matrix
/// of a single row is kept as F32: it is a vector.
class DeviceWeight final : public WeightData {
public:
    struct Part {
        DType type = DType::F32; // whose layout it has
        int first = 0; // row of the matrix
        int out = 0;
        int units = 0; // of kUnitElements, per row
        PlaneAddresses planes;
    };

    /// Takes memory for `out` more rows.
    const Memory::Range& add(const std::shared_ptr<Context>& context, DType type, int out, int in,
                             const WeightPlacement& placement);

    [[nodiscard]] std::span<const Part> parts() const { return m_parts; }
    [[nodiscard]] size_t bytes() const { return m_bytes; }

private:
    std::vector<Part> m_parts;
    std::vector<std::unique_ptr<SharedRange>> m_memory; // per part
    size_t m_bytes = 0;
};

/// Repacks a matrix and copies it to the device, some chunks of the staging memory at a time.
class DeviceLoading final : public WeightLoading {
public:
    DeviceLoading(std::shared_ptr<Context> context, std::span<const WeightPart> parts, int in);

    bool advance() override;
    Weight take() override;

private:
    struct Upload {
        WeightPart part;
        WeightPlacement placement;
        const Memory::Range* to = nullptr;
        size_t first = 0; // row in the range
        size_t row = 0; // of the part, that is next
    };

    void addAlike(std::span<const WeightPart> parts);
    [[nodiscard]] size_t uploadRows(Upload& upload);

    std::shared_ptr<Context> m_context;
    int m_in;
    int m_out;
    std::shared_ptr<DeviceWeight> m_weight;
    std::vector<float> m_vector; // of a matrix of one row
    std::vector<Upload> m_uploads;
    size_t m_next = 0; // of them
};

[[nodiscard]] const DeviceWeight& deviceWeight(const Weight& weight);

/// Where a vector's F32 elements lie.
[[nodiscard]] inline VkDeviceAddress vectorAddress(const Weight& weight)
{
    return deviceWeight(weight).parts().front().planes.quants;
}

/// One shader per weight format, for kernels compiled with FORMATS.
struct FormatShaders {
    std::span<const uint32_t> f32, f16, bf16, q8_0, q4_0, q5_1, q2_k, q3_k, q4_k, q5_k, q6_k,
        iq4_xs, mxfp4;

    /// `type` is that of a part.
    [[nodiscard]] std::span<const uint32_t> of(DType type) const;
};

} // namespace inglenook::vulkan
