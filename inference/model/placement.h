#pragma once

#include "inference/model/machine_figures.h"
#include "inference/model/placement_wish.h"

#include <string>
#include <vector>

namespace inglenook {

/// What the planner knows of a model before it is loaded.
struct ModelSize {
    uint64_t bytes = 0; // of the weights
    uint64_t readBytes = 0; // of them, for a token
    uint64_t besideBytes = 0; // on every device: a small cache and work space
    uint64_t wishedCacheBytes = 0; // of all the cache that is wished
    int layers = 0;
    // of a mixture of experts:
    int expertLayers = 0;
    uint64_t expertBytes = 0; // of the weights
    uint64_t expertReadBytes = 0; // of them, for a token
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
    std::vector<double> shares; // of the layers' bytes, of Experts of those of the experts, in the
                                // order of the devices
    bool fits = false; // each part into the memory that was free when asked
    double secondsPerToken = 0.; // predicted: max_i(bytes_i / bandwidth_i) + 2 L t_allReduce

    /// "tensors of cuda:0 60 % + cuda:1 40 %", "cuda:0 + 80 % of the experts on cpu"
    [[nodiscard]] std::string text() const;
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
/// one; experts that the fastest card has no room for may be the processor's. Software devices are
/// taken only if named. Throws std::runtime_error with a sentence if a wished device is not there
/// or cannot be used.
[[nodiscard]] std::vector<Placement> placements(const ModelSize& model,
                                                const std::vector<DeviceInfo>& devices,
                                                const MachineFigures& machine,
                                                const PlacementWish& wish);

} // namespace inglenook
