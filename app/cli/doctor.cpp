#include "app/cli/commands.h"
#include "app/cli/resources.h"
#include "inference/model/machine_figures.h"
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
    DeviceFigures figures;
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
        diagnosis.figures = measureDevice(*backend, device);
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
            {"read_bandwidth", d.figures.readBandwidth},
            {"matmul_rate", d.figures.matmulRate},
            {"step_seconds", d.figures.stepSeconds},
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
    if (d.figures.readBandwidth > 0.)
        std::printf(", read at %.1f GB/s", d.figures.readBandwidth / 1e9);
    std::printf("\n");
    if (d.figures.matmulRate > 0.)
        std::printf("    speed    %.3g billion multiply-adds a second; a step of %d empty layers "
                    "takes %.3g ms\n",
                    d.figures.matmulRate / 1e9, kFigureLayers, d.figures.stepSeconds * 1e3);
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

nlohmann::ordered_json toJson(const LinkFigures& link)
{
    return {
        {"first", link.first}, {"second", link.second}, {"exchange_seconds", link.exchangeSeconds}};
}

void print(const LinkFigures& link)
{
    std::printf("%s and %s add up a row in %.3g ms\n", link.first.c_str(), link.second.c_str(),
                link.exchangeSeconds * 1e3);
}

/// Measures each pair of the devices. What fails alone has said so; what fails together is told
/// here.
std::vector<LinkFigures> measureLinks(const std::vector<DeviceId>& devices)
{
    std::vector<LinkFigures> links;
    for (size_t i = 0; i < devices.size(); ++i) {
        for (size_t j = i + 1; j < devices.size(); ++j) {
            try {
                links.push_back(measureLink(devices[i], devices[j]));
            } catch (const std::exception& error) {
                std::fprintf(stderr, "nook: %s and %s cannot work together: %s\n",
                             toString(devices[i]).c_str(), toString(devices[j]).c_str(),
                             error.what());
            }
        }
    }
    return links;
}

/// Says why, if the figures cannot be kept: a doctor does not fail for that.
void keep(const std::string& path, const MachineFigures& machine)
{
    try {
        writeMachineFigures(path, machine);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "nook: %s\n", error.what());
    }
}

void run(const Options& options)
{
    const std::string path = machineFiguresPath(cacheFolder());
    MachineFigures machine = readMachineFigures(path);
    auto devices = nlohmann::ordered_json::array();
    bool healthy = true;
    std::vector<DeviceId> usable;
    for (const DeviceInfo& device : chosenDevices(options.backend)) {
        const Diagnosis diagnosis = examine(device, options.full);
        healthy = healthy && diagnosis.healthy();
        if (diagnosis.healthy()) {
            usable.push_back(device.id);
            remember(machine, diagnosis.figures);
        }
        if (options.json)
            devices.push_back(toJson(diagnosis));
        else
            print(diagnosis);
    }
    auto links = nlohmann::ordered_json::array();
    for (const LinkFigures& link : measureLinks(usable)) {
        remember(machine, link);
        if (options.json)
            links.push_back(toJson(link));
        else
            print(link);
    }
    if (!path.empty())
        keep(path, machine);
    if (options.json)
        std::printf(
            "%s\n",
            nlohmann::ordered_json{{"devices", devices}, {"links", links}, {"healthy", healthy}}
                .dump(2)
                .c_str());
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
