#pragma once

#include "kernels/backend.h"

#include <optional>
#include <string_view>
#include <vector>

namespace inglenook {

enum class DeviceKind { Reference, Cpu, Vulkan, Cuda };

/// Names one device: a kind and, among several of it, an index.
struct DeviceId {
    DeviceKind kind = DeviceKind::Cpu;
    int index = 0;

    bool operator==(const DeviceId&) const = default;
};

/// "cpu", "reference", "vulkan:1", "cuda"; nothing if the text is none of these.
[[nodiscard]] std::optional<DeviceId> parseDevice(std::string_view text);
[[nodiscard]] std::string toString(DeviceId id);

/// What a device says of itself. If it cannot be used, `problem` is the sentence that says why.
struct DeviceInfo {
    DeviceId id;
    std::string name; // "NVIDIA GeForce RTX 4070", "AMD EPYC, 2 cores, AVX-512 VNNI"
    std::string driver; // "" where there is none
    size_t memoryTotal = 0; // bytes
    size_t memoryFree = 0; // bytes, at this moment
    size_t workspaceBytes = 0; // that its backend takes beside what it is asked for, at most
    bool software = false; // a GPU interface computed by the CPU (llvmpipe)
    std::string problem;
};

/// Whether four products of bytes are left to one instruction. The results are the same bits.
enum class ByteDots { WhereFast, WhereThere, Never };
/// Whether products of many rows are left to a device's matrix units. The results are the same.
enum class MatrixUnits { WhereFast, WhereThere, Never };

struct BackendOptions {
    int threads = 0; // cpu: 0 means one per physical core
    int sharers = 1; // cpu: backends that compute at once, and have so many of the cores each
    bool validation = false; // vulkan: enable the validation layer; its first complaint is thrown
    ByteDots byteDots = ByteDots::WhereFast; // vulkan
    MatrixUnits matrixUnits = MatrixUnits::WhereFast; // vulkan
    // vulkan: where compiled programs are kept for the next start; UTF-8, empty: nowhere. A folder
    // that cannot be written to, and files that are damaged or of another driver, are as none.
    std::string cacheFolder;
    // cuda: a kernel may begin before the one in front has ended, where the device can do that.
    // Whether it pays is to be measured: tests/gpu/run does.
    bool overlapKernels = true;
};

/// All devices of this machine, the CPU first; never throws for a missing driver. The reference
/// backend is not listed.
[[nodiscard]] std::vector<DeviceInfo> listDevices();

/// One device of this machine, without waking the drivers of the others; if it is not there,
/// `problem` says so. The reference has the memory of the CPU.
[[nodiscard]] DeviceInfo describeDevice(DeviceId id);

/// Opens a device. Throws std::runtime_error with a sentence if it is not there or not usable.
[[nodiscard]] std::unique_ptr<Backend> createBackend(DeviceId id,
                                                     const BackendOptions& options = {});

} // namespace inglenook
