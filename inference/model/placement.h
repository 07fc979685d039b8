#pragma once

#include "inference/model/device_group.h"
#include "inference/model/machine_figures.h"

#include <optional>
#include <string>
#include <vector>

namespace inglenook {

/// Where a user wants a model, from the texts of `--devices` and `--split`.
struct PlacementWish {
    std::vector<DeviceId> devices; // empty: any
    std::optional<Split> split; // none: whichever is fastest
    std::vector<double> shares; // of the devices, in their order; empty: by their speed
};

/// Reads "auto", "cuda:0" or "cuda:0,vulkan:1", and "auto", "tensor", "layer", "0.6,0.4",
/// "tensor:0.6,0.4" or "layer:0.6,0.4" (numbers alone: tensor). Throws std::runtime_error with a
/// sentence about what is no device, no way of splitting or no share.
[[nodiscard]] PlacementWish readPlacementWish(const std::string& devices, const std::string& split);

/// What the planner knows of a model before it is loaded.
struct ModelSize {
    uint64_t bytes = 0; // of the weights
    uint64_t readBytes = 0; // of them, for a token
    uint64_t besideBytes = 0; // on every device: a small cache and work space
    int layers = 0;
};

/// A device as the planner sees it.
struct PlacementDevice {
    DeviceInfo info;
    double readBandwidth = 0.; // bytes/s
    double stepSeconds = 0.; // of a step beside reading
    bool measured = false; // else both are guesses by its kind
};

/// One way to place a model.
struct Placement {
    Split split = Split::None;
    std::vector<DeviceId> devices;
    std::vector<double> shares; // of the layers' bytes, in the order of the devices
    bool fits = false; // each part into the memory that was free when asked
    double secondsPerToken = 0.; // predicted: max_i(bytes_i / bandwidth_i) + 2 L t_allReduce

    [[nodiscard]] std::string text() const; // "tensors of cuda:0 60 % + cuda:1 40 %"
};

/// Adds what was measured of a device, or what its kind suggests.
[[nodiscard]] PlacementDevice withFigures(const DeviceInfo& info, const MachineFigures& machine);

/// Of these devices the one that reads memory fastest, the first where one was not measured.
[[nodiscard]] DeviceId fastestDevice(const std::vector<DeviceId>& ids,
                                     const std::vector<DeviceInfo>& devices,
                                     const MachineFigures& machine);

/// The cards among the devices that nobody has to name, each once.
[[nodiscard]] std::vector<DeviceInfo> cardsOf(const std::vector<DeviceInfo>& devices);

/// The ways to place a model that fit the wish and, as far as is known, the memory; the best first.
/// `devices` are all of this machine, usable or not. Several devices come before a single one only
/// where their figures were measured and promise a tenth more, or where the model does not fit on
/// one. Software devices are taken only if named. Throws std::runtime_error with a sentence if a
/// wished device is not there or cannot be used.
[[nodiscard]] std::vector<Placement> placements(const ModelSize& model,
                                                const std::vector<DeviceInfo>& devices,
                                                const MachineFigures& machine,
                                                const PlacementWish& wish);

} // namespace inglenook
