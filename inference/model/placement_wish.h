#pragma once

#include "inference/model/device_group.h"
#include "kernels/devices.h"

#include <optional>
#include <string>
#include <vector>

namespace inglenook {

/// Where a user wants a model, from the texts of `--devices` and `--split`.
struct PlacementWish {
    std::vector<DeviceId> devices; // empty: any
    std::optional<Split> split; // none: whichever is fastest
    std::vector<double> shares; // of the devices, in their order; empty: by speed and room
};

/// Reads "auto", "cuda:0" or "cuda:0,vulkan:1", and "auto", "tensor", "layer", "experts", or
/// shares: "0.6,0.4" (of tensors), "layer:0.6,0.4", "experts:0.2,0.8" (of the experts). Throws
/// std::runtime_error with a sentence about what is no device, no way of splitting or no share.
[[nodiscard]] PlacementWish readPlacementWish(const std::string& devices, const std::string& split);

} // namespace inglenook
