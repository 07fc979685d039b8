#pragma once

#include <functional>
#include <memory>

namespace inglenook {

class Backend;
struct BackendOptions;
struct DeviceId;

/// Opens a device as createBackend() does, which it mostly is; tests open devices that fail.
using OpenDevice = std::function<std::shared_ptr<Backend>(const DeviceId&, const BackendOptions&)>;

} // namespace inglenook
