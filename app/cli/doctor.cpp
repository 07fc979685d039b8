#include "app/cli/commands.h"
#include "app/cli/resources.h"
#include "kernels/devices.h"
#include "kernels/self_test/self_test.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace inglenook {
namespace {

struct Options {
    std::string backend;
    bool full = false;
    bool json = false;
};

/// What the self-test found on one device.
struct Diagnosis {
    DeviceInfo device;
    double readBandwidth = 0.; // bytes/s
    int tested = 0;
    std::vector<OperatorResult> failures;
    std::string problem; // why nothing could be tested

    [[nodiscard]] bool healthy() const { return problem.empty() && failures.empty(); }
};

Diagnosis examine(const DeviceInfo& device, bool full)
{
    Diagnosis diagnosis{.device = device, .problem = device.problem};
    if (!diagnosis.problem.empty())
        return diagnosis;
    try {
        const auto backend = createBackend(device.id, {.cacheFolder = cacheFolder()});
        const auto reference = createBackend({DeviceKind::Reference, 0});
        diagnosis.readBandwidth = backend->measureReadBandwidth();
        for (const OperatorCase& test : selfTestCases()) {
            if (!full && !test.quick)
                continue;
            const OperatorResult result = runCase(*backend, *reference, test);
            ++diagnosis.tested;
            if (!result.ok())
                diagnosis.failures.push_back(result);
        }
    } catch (const std::exception& error) {
        diagnosis.problem = error.what();
    }
    return diagnosis;
}

nlohmann::ordered_json toJson(const Diagnosis& d)
{
    auto failures = nlohmann::ordered_json::array();
    for (const OperatorResult& failure : d.failures)
        failures.push_back(failure.text());
    return {{"device", toString(d.device.id)},
            {"name", d.device.name},
            {"driver", d.device.driver},
            {"software", d.device.software},
            {"memory_total", d.device.memoryTotal},
            {"memory_free", d.device.memoryFree},
            {"read_bandwidth", d.readBandwidth},
            {"tested", d.tested},
            {"failures", failures},
            {"problem", d.problem},
            {"healthy", d.healthy()}};
}

void print(const Diagnosis& d)
{
    std::printf("%s  %s%s\n", toString(d.device.id).c_str(), d.device.name.c_str(),
                d.device.software ? "  (computed by the CPU)" : "");
    if (!d.device.driver.empty())
        std::printf("    driver   %s\n", d.device.driver.c_str());
    std::printf("    memory   %.1f GB, %.1f GB free",
                static_cast<double>(d.device.memoryTotal) / 1e9,
                static_cast<double>(d.device.memoryFree) / 1e9);
    if (d.readBandwidth > 0.)
        std::printf(", read at %.1f GB/s", d.readBandwidth / 1e9);
    std::printf("\n");
    if (!d.problem.empty())
        std::printf("    cannot be used: %s\n", d.problem.c_str());
    else
        std::printf("    %d operator tests, %zu failed\n", d.tested, d.failures.size());
    for (const OperatorResult& failure : d.failures)
        std::printf("      %s\n", failure.text().c_str());
}

std::vector<DeviceInfo> chosenDevices(const std::string& backend)
{
    std::vector<DeviceInfo> devices = listDevices();
    if (backend.empty() || backend == "auto")
        return devices;
    const std::optional<DeviceId> id = parseDevice(backend);
    if (!id)
        throw std::runtime_error("\"" + backend +
                                 "\" is not a device; try cpu, vulkan:0 or cuda:0.");
    std::erase_if(devices, [&](const DeviceInfo& device) { return device.id != *id; });
    if (devices.empty())
        devices.push_back({.id = *id}); // opening it says why it is not there
    return devices;
}

void run(const Options& options)
{
    auto all = nlohmann::ordered_json::array();
    bool healthy = true;
    for (const DeviceInfo& device : chosenDevices(options.backend)) {
        const Diagnosis diagnosis = examine(device, options.full);
        healthy = healthy && diagnosis.healthy();
        if (options.json)
            all.push_back(toJson(diagnosis));
        else
            print(diagnosis);
    }
    if (options.json)
        std::printf("%s\n",
                    nlohmann::ordered_json{{"devices", all}, {"healthy", healthy}}.dump(2).c_str());
    if (!healthy)
        throw std::runtime_error("Not every device is in order.");
}

} // namespace

void addDoctor(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = nook.add_subcommand(
        "doctor", "devices and drivers, and every operator tested against the reference");
    command->add_option("--backend", options->backend, "only this device");
    command->add_flag("--full", options->full, "all shapes, not only one of each kind");
    command->add_flag("--json", options->json);
    command->callback([options] { run(*options); });
}

} // namespace inglenook
