#pragma once

#include "kernels/devices.h"

#include <string>
#include <vector>

namespace inglenook {

/// What was measured once of a device of this machine, for whoever divides a model among devices.
struct DeviceFigures {
    std::string device; // "cpu", "vulkan:0"
    std::string name; // another name or driver than now: measured of something else
    std::string driver;
    double readBandwidth = 0.; // bytes/s; 0 where the device cannot measure it
    double matmulRate = 0.; // multiply-adds/s of a wide matmul, as prompts are read
    double stepSeconds = 0.; // of one row through kFigureLayers tiny layers: what no model saves
};

/// What was measured between two devices.
struct LinkFigures {
    std::string first;
    std::string second;
    double exchangeSeconds = 0.; // sum of one row of 4096 f32 over both, known to both
};

struct MachineFigures {
    std::vector<DeviceFigures> devices;
    std::vector<LinkFigures> links;
};

/// Layers of the decoder behind DeviceFigures::stepSeconds, as many as a model of 8B has.
inline constexpr int kFigureLayers = 32;

/// Measures a device in about half a second. Throws what the backend throws.
[[nodiscard]] DeviceFigures measureDevice(Backend& backend, const DeviceInfo& info);

/// Measures two unlike devices that add up a row together, in about a tenth of a second. Opens both
/// for itself. Throws std::runtime_error with a sentence if one of them fails.
[[nodiscard]] LinkFigures measureLink(DeviceId first, DeviceId second);

/// The figures of a device as it is now; null if there are none or they are of another card or
/// driver.
[[nodiscard]] const DeviceFigures* figuresOf(const MachineFigures& machine, const DeviceInfo& info);

/// Those between two devices, in either order; null if there are none.
[[nodiscard]] const LinkFigures* figuresBetween(const MachineFigures& machine, DeviceId first,
                                                DeviceId second);

/// Puts figures in the place of older ones of that device. Links of a device that was exchanged are
/// forgotten.
void remember(MachineFigures& machine, const DeviceFigures& device);
/// Puts figures in the place of older ones between these two devices, in either order.
void remember(MachineFigures& machine, const LinkFigures& link);

/// The file below the user's folder for what can be made again.
[[nodiscard]] inline std::string machineFiguresPath(const std::string& cacheFolder)
{
    return cacheFolder.empty() ? "" : cacheFolder + "/machine.json";
}

/// Reads the file that writeMachineFigures() wrote. A missing or damaged file is empty: everything
/// in it can be measured again.
[[nodiscard]] MachineFigures readMachineFigures(const std::string& path);

/// Replaces the file as a whole, making its folder first. Throws std::runtime_error with a sentence
/// naming the file.
void writeMachineFigures(const std::string& path, const MachineFigures& machine);

} // namespace inglenook
