#pragma once

#include "inference/memory/memory_plan.h"
#include "inference/model/decoder.h"
#include "inference/model/placement.h"

#include <string>
#include <vector>

namespace inglenook {

/// A placement worked out for one model: who holds what, and how much cache there is room for.
struct PlacementPlan {
    std::vector<ModelSlice> slices; // of the placement's devices
    MemoryPlan memory;
};

/// What is planned for: a model and the steps it is to take.
struct PlannedModel {
    const ModelFile& file;
    const ModelSpec& spec;
    StepLimits limits;
    MemoryWish wish;
    KvType kvType = KvType::F16;
};

/// Cuts the model and checks that each part fits into its device's free memory; devices that share
/// one memory share what is free. Throws std::runtime_error with a sentence if it does not fit or
/// cannot be cut so.
[[nodiscard]] PlacementPlan planPlacement(const Placement& placement, const PlannedModel& model,
                                          const std::vector<DeviceInfo>& devices);

/// What the planner needs to know of the model.
[[nodiscard]] ModelSize sizeOf(const PlannedModel& model);

/// What the model takes on one device, with all the cache that is wished.
[[nodiscard]] uint64_t bytesOf(const PlannedModel& model);

/// "There is room on cpu: choose that device." for a model that has none where it was wanted; ""
/// where no device has.
[[nodiscard]] std::string roomElsewhere(const PlannedModel& model, const MachineFigures& machine);

} // namespace inglenook
