#include "inference/model/machine_figures.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace fs = std::filesystem;

namespace inglenook {

namespace {

using Json = nlohmann::ordered_json;

/// Of the file. One of another version is measured anew.
constexpr int kVersion = 1;

/// A measured number: nothing else may reach a plan that divides by it.
double figure(const Json& object, const char* key)
{
    const double value = object.at(key).get<double>();
    if (!std::isfinite(value) || value < 0.)
        throw std::runtime_error(key);
    return value;
}

DeviceFigures deviceOf(const Json& object)
{
    return {.device = object.at("device"),
            .name = object.at("name"),
            .driver = object.at("driver"),
            .readBandwidth = figure(object, "read_bandwidth"),
            .matmulRate = figure(object, "matmul_rate"),
            .stepSeconds = figure(object, "step_seconds")};
}

LinkFigures linkOf(const Json& object)
{
    return {.first = object.at("first"),
            .second = object.at("second"),
            .exchangeSeconds = figure(object, "exchange_seconds")};
}

std::string textOf(const MachineFigures& machine)
{
    auto devices = Json::array();
    for (const DeviceFigures& d : machine.devices)
        devices.push_back({{"device", d.device},
                           {"name", d.name},
                           {"driver", d.driver},
                           {"read_bandwidth", d.readBandwidth},
                           {"matmul_rate", d.matmulRate},
                           {"step_seconds", d.stepSeconds}});
    auto links = Json::array();
    for (const LinkFigures& l : machine.links)
        links.push_back(
            {{"first", l.first}, {"second", l.second}, {"exchange_seconds", l.exchangeSeconds}});
    const Json all{{"version", kVersion}, {"devices", devices}, {"links", links}};
    // A driver's name may hold any bytes
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

const DeviceFigures* figuresOf(const MachineFigures& machine, const DeviceInfo& info)
{
    const auto found =
        std::ranges::find(machine.devices, toString(info.id), &DeviceFigures::device);
    const bool same =
        found != machine.devices.end() && found->name == info.name && found->driver == info.driver;
    return same ? &*found : nullptr;
}

const LinkFigures* figuresBetween(const MachineFigures& machine, DeviceId first, DeviceId second)
{
    const std::string a = toString(first);
    const std::string b = toString(second);
    const auto found = std::ranges::find_if(machine.links, [&](const LinkFigures& link) {
        return (link.first == a && link.second == b) || (link.first == b && link.second == a);
    });
    return found == machine.links.end() ? nullptr : &*found;
}

void remember(MachineFigures& machine, const DeviceFigures& device)
{
    const auto found = std::ranges::find(machine.devices, device.device, &DeviceFigures::device);
    if (found == machine.devices.end()) {
        machine.devices.push_back(device);
        return;
    }
    if (found->name != device.name || found->driver != device.driver)
        std::erase_if(machine.links, [&](const LinkFigures& link) {
            return link.first == device.device || link.second == device.device;
        });
    *found = device;
}

void remember(MachineFigures& machine, const LinkFigures& link)
{
    std::erase_if(machine.links, [&](const LinkFigures& older) {
        return (older.first == link.first && older.second == link.second) ||
            (older.first == link.second && older.second == link.first);
    });
    machine.links.push_back(link);
}

MachineFigures readMachineFigures(const std::string& path)
{
    MachineFigures machine;
    try {
        std::ifstream file(path, std::ios::binary);
        if (!file)
            return {};
        const Json all = Json::parse(file);
        if (all.at("version") != kVersion)
            return {};
        for (const Json& object : all.at("devices"))
            machine.devices.push_back(deviceOf(object));
        for (const Json& object : all.at("links"))
            machine.links.push_back(linkOf(object));
    } catch (const std::exception&) {
        return {};
    }
    return machine;
}

void writeMachineFigures(const std::string& path, const MachineFigures& machine)
{
    const auto refuse = [&](const std::string& reason) {
        throw std::runtime_error("The figures of this machine cannot be kept in \"" + path +
                                 "\": " + reason + ".");
    };
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    if (error)
        refuse(error.message());
    // Another process may write at the same time: each has its own file until it is whole
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    const std::string fresh = path + "." + std::to_string(now) + ".new";
    {
        std::ofstream file(fresh, std::ios::binary);
        file << textOf(machine);
        file.close();
        if (!file) {
            fs::remove(fresh, error);
            refuse("it cannot be written");
        }
    }
    fs::rename(fresh, path, error);
    if (error) {
        const std::string reason = error.message();
        fs::remove(fresh, error);
        refuse(reason);
    }
}

} // namespace inglenook
