#pragma once

#include "inference/model/device_group.h"
#include "tests/models/tiny_model.h"

#include <memory>
#include <span>
#include <vector>

namespace inglenook::tests {

/// The devices that compute a tiny model.
struct TinyDevices {
    /// One, which outlives this.
    TinyDevices(Backend& backend)
        : backends{std::shared_ptr<Backend>(std::shared_ptr<Backend>(), &backend)}
    {
    }
    TinyDevices(std::vector<std::shared_ptr<Backend>> several, Split how, std::vector<double> parts)
        : backends(std::move(several))
        , split(how)
        , shares(std::move(parts))
    {
    }

    std::vector<std::shared_ptr<Backend>> backends;
    Split split = Split::None;
    std::vector<double> shares = {1.};
    KvType kvType = KvType::F16;
};

/// A tiny model on its devices with a cache of its own, for tests that compute steps themselves.
class TinyRunner {
public:
    static constexpr int kSlots = 4;
    static constexpr int kPagesPerSlot = 4;

    TinyRunner(const TinyDevices& devices, const ModelFile& file);

    [[nodiscard]] const ModelSpec& spec() const { return m_spec; }
    [[nodiscard]] DeviceGroup& group() { return *m_group; }

    /// Gives a sequence the pages in this order.
    void setPages(int slot, const std::vector<int>& pages) { m_group->setPages(slot, pages); }
    /// Computes a step and returns the logits of its outputs, one after another. Throws if the
    /// likeliest tokens that the step found are not those of the logits.
    [[nodiscard]] std::vector<float> run(const std::vector<StepRow>& rows);
    /// Computes tokens of one sequence from `first` on in slices of `slice` rows; returns the
    /// logits of each.
    [[nodiscard]] std::vector<float> runSlices(std::span<const int32_t> tokens, int slot,
                                               int slice);

private:
    void checkCandidates(std::span<const float> logits);

    ModelSpec m_spec;
    std::unique_ptr<DeviceGroup> m_group;
};

} // namespace inglenook::tests
