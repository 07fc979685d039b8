#include "inference/model/placement.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace inglenook {

namespace {

/// What several devices must promise beyond one: predictions err, and one is simpler.
constexpr double kWorthwhile = 1.1;

/// Of a device's free memory: the rest is for others, as MemoryPlan has it.
constexpr double kUsable = 0.95;

/// The parts of a text between commas.
std::vector<std::string> parted(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream rest(text + ",");
    for (std::string part; std::getline(rest, part, ',');)
        parts.push_back(part);
    return parts;
}

std::vector<DeviceId> readDevices(const std::string& text)
{
    std::vector<DeviceId> devices;
    if (text.empty() || text == "auto")
        return devices;
    for (const std::string& part : parted(text)) {
        const auto id = parseDevice(part);
        if (!id)
            throw std::runtime_error("There is no kind of device called \"" + part +
                                     "\": choose auto, cpu, vulkan, cuda or reference, or several "
                                     "of them like cuda:0,cuda:1.");
        devices.push_back(*id);
    }
    return devices;
}

std::vector<double> readShares(const std::string& text)
{
    std::vector<double> shares;
    for (const std::string& part : parted(text)) {
        double share = 0.;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), share);
        if (error != std::errc() || end != part.data() + part.size())
            throw std::runtime_error("\"" + text +
                                     "\" is no way of splitting a model: choose auto, tensor, "
                                     "layer, or shares like 0.6,0.4.");
        if (!(share > 0. && share < 1.))
            throw std::runtime_error("A device cannot have the share " + part +
                                     " of a model: each share is between 0 and 1.");
        shares.push_back(share);
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);
    if (std::abs(sum - 1.) > 0.011)
        throw std::runtime_error("The shares " + text + " do not add up to 1.");
    return shares;
}

bool isGpu(const DeviceInfo& info)
{
    return info.id.kind == DeviceKind::Vulkan || info.id.kind == DeviceKind::Cuda;
}

/// Devices that nobody has to name: the processor, and each card once.
bool eligible(const DeviceInfo& info, const std::vector<DeviceInfo>& all)
{
    if (!info.problem.empty() || info.software)
        return false;
    const bool twice = info.id.kind == DeviceKind::Vulkan &&
        std::ranges::any_of(all, [&](const DeviceInfo& other) {
                           return other.id.kind == DeviceKind::Cuda && other.problem.empty() &&
                               other.name == info.name;
                       });
    return !twice;
}

double room(const ModelSize& model, const PlacementDevice& device)
{
    return std::max(0.,
                    kUsable * static_cast<double>(device.info.memoryFree) -
                        static_cast<double>(model.besideBytes));
}

bool fits(const ModelSize& model, const std::vector<PlacementDevice>& devices,
          const std::vector<double>& shares)
{
    for (size_t i = 0; i < devices.size(); ++i)
        if (shares[i] * static_cast<double>(model.bytes) > room(model, devices[i]))
            return false;
    return true;
}

/// Shares by the devices' speed. Where one has no room for its share, the others take the rest.
std::vector<double> sharesBySpeed(const ModelSize& model,
                                  const std::vector<PlacementDevice>& devices)
{
    std::vector<double> shares(devices.size(), 0.);
    std::vector<bool> full(devices.size(), false);
    double left = 1.;
    for (size_t round = 0; round < devices.size() && left > 0.; ++round) {
        double speed = 0.;
        for (size_t i = 0; i < devices.size(); ++i)
            speed += full[i] ? 0. : devices[i].readBandwidth;
        const double open = left;
        bool overflowed = false;
        for (size_t i = 0; i < devices.size(); ++i) {
            const double most =
                room(model, devices[i]) / std::max(1., static_cast<double>(model.bytes));
            const double share = full[i] ? 0. : open * devices[i].readBandwidth / speed;
            if (full[i] || share <= most)
                continue;
            shares[i] = std::max(most, 0.01);
            full[i] = overflowed = true;
            left -= shares[i];
        }
        if (overflowed && !std::ranges::all_of(full, std::identity()))
            continue;
        for (size_t i = 0; i < devices.size(); ++i)
            if (!full[i])
                shares[i] = open * devices[i].readBandwidth / speed;
        break;
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);
    for (double& share : shares)
        share /= sum;
    return shares;
}

/// The slowest meeting of any two; nothing where a pair was never measured.
std::optional<double> exchangeSeconds(const std::vector<PlacementDevice>& devices,
                                      const MachineFigures& machine)
{
    double slowest = 0.;
    for (size_t i = 0; i < devices.size(); ++i) {
        for (size_t j = i + 1; j < devices.size(); ++j) {
            const LinkFigures* link =
                figuresBetween(machine, devices[i].info.id, devices[j].info.id);
            if (!link)
                return std::nullopt;
            slowest = std::max(slowest, link->exchangeSeconds);
        }
    }
    return slowest;
}

double secondsOf(const ModelSize& model, Split split, const std::vector<PlacementDevice>& devices,
                 const std::vector<double>& shares, double exchange)
{
    double seconds = 0.;
    double step = 0.;
    for (size_t i = 0; i < devices.size(); ++i) {
        const double reading =
            shares[i] * static_cast<double>(model.readBytes) / devices[i].readBandwidth;
        if (split == Split::Tensors) {
            seconds = std::max(seconds, reading);
            step = std::max(step, devices[i].stepSeconds);
        } else {
            seconds += reading;
            step += shares[i] * devices[i].stepSeconds;
        }
    }
    if (split == Split::Tensors)
        seconds += (2 * model.layers + 1) * exchange;
    return seconds + step;
}

/// Gathers ways to place a model and ranks them.
class Ranking {
public:
    Ranking(const ModelSize& model, const MachineFigures& machine)
        : m_model(model)
        , m_machine(machine)
    {
    }

    void add(Split split, const std::vector<PlacementDevice>& devices,
             std::vector<double> shares = {})
    {
        if (shares.empty())
            shares = sharesBySpeed(m_model, devices);
        const double exchange = exchangeSeconds(devices, m_machine).value_or(0.);
        Entry entry{.placement = {.split = split, .shares = shares}};
        for (const PlacementDevice& device : devices)
            entry.placement.devices.push_back(device.info.id);
        entry.placement.secondsPerToken = secondsOf(m_model, split, devices, shares, exchange);
        entry.placement.fits = fits(m_model, devices, shares);
        entry.rank = entry.placement.secondsPerToken * (split == Split::None ? 1. : kWorthwhile);
        m_entries.push_back(std::move(entry));
    }

    /// Parts of every layer pay off only where meeting is known to be fast.
    void addTensorsIfMeasured(const std::vector<PlacementDevice>& devices)
    {
        if (std::ranges::all_of(devices, &PlacementDevice::measured) &&
            exchangeSeconds(devices, m_machine))
            add(Split::Tensors, devices);
    }

    [[nodiscard]] std::vector<Placement> take()
    {
        std::ranges::stable_sort(m_entries, [](const Entry& a, const Entry& b) {
            return a.placement.fits != b.placement.fits ? a.placement.fits : a.rank < b.rank;
        });
        std::vector<Placement> sorted;
        for (Entry& entry : m_entries)
            sorted.push_back(std::move(entry.placement));
        return sorted;
    }

private:
    struct Entry {
        Placement placement;
        double rank = 0.;
    };

    const ModelSize& m_model;
    const MachineFigures& m_machine;
    std::vector<Entry> m_entries;
};

std::vector<PlacementDevice> wishedDevices(const std::vector<DeviceInfo>& devices,
                                           const MachineFigures& machine, const PlacementWish& wish)
{
    std::vector<PlacementDevice> chosen;
    for (const DeviceId id : wish.devices) {
        const auto found = std::ranges::find(devices, id, &DeviceInfo::id);
        if (found == devices.end())
            throw std::runtime_error("The device " + toString(id) +
                                     " is not in this machine. Choose another device.");
        if (!found->problem.empty())
            throw std::runtime_error(found->problem);
        chosen.push_back(withFigures(*found, machine));
    }
    if (!chosen.empty())
        return chosen;
    for (const DeviceInfo& info : devices)
        if (eligible(info, devices))
            chosen.push_back(withFigures(info, machine));
    // the fastest first: it drives, and embeds
    std::ranges::stable_sort(chosen, std::greater(), &PlacementDevice::readBandwidth);
    return chosen;
}

std::vector<PlacementDevice> gpusOf(const std::vector<PlacementDevice>& devices)
{
    std::vector<PlacementDevice> gpus;
    std::ranges::copy_if(devices, std::back_inserter(gpus),
                         [](const PlacementDevice& device) { return isGpu(device.info); });
    return gpus;
}

} // namespace

PlacementWish readPlacementWish(const std::string& devices, const std::string& split)
{
    PlacementWish wish{.devices = readDevices(devices)};
    std::string shares = split;
    if (split.starts_with("tensor")) {
        wish.split = Split::Tensors;
        shares = split.substr(6);
    } else if (split.starts_with("layer")) {
        wish.split = Split::Layers;
        shares = split.substr(5);
    } else if (split.empty() || split == "auto") {
        return wish;
    } else {
        wish.split = Split::Tensors;
        shares = ":" + split;
    }
    if (shares.empty())
        return wish;
    wish.shares = readShares(shares.starts_with(":") ? shares.substr(1) : split);
    if (wish.devices.size() != wish.shares.size())
        throw std::runtime_error("There are " + std::to_string(wish.shares.size()) +
                                 " shares for " + std::to_string(wish.devices.size()) +
                                 " named devices: name one device for each share.");
    return wish;
}

std::vector<DeviceInfo> cardsOf(const std::vector<DeviceInfo>& devices)
{
    std::vector<DeviceInfo> cards;
    for (const DeviceInfo& info : devices)
        if (isGpu(info) && eligible(info, devices))
            cards.push_back(info);
    return cards;
}

DeviceId fastestDevice(const std::vector<DeviceId>& ids, const std::vector<DeviceInfo>& devices,
                       const MachineFigures& machine)
{
    DeviceId fastest = ids.front();
    double bandwidth = 0.;
    for (const DeviceId id : ids) {
        const auto info = std::ranges::find(devices, id, &DeviceInfo::id);
        const PlacementDevice device = withFigures(*info, machine);
        if (!device.measured)
            return ids.front();
        if (device.readBandwidth > bandwidth) {
            bandwidth = device.readBandwidth;
            fastest = id;
        }
    }
    return fastest;
}

PlacementDevice withFigures(const DeviceInfo& info, const MachineFigures& machine)
{
    PlacementDevice device{.info = info};
    const DeviceFigures* figures = figuresOf(machine, info);
    if (figures && figures->readBandwidth > 0.) {
        device.readBandwidth = figures->readBandwidth;
        device.stepSeconds = figures->stepSeconds;
        device.measured = true;
        return device;
    }
    // Guesses of the right order, so that a card comes before the processor.
    switch (info.id.kind) {
    case DeviceKind::Reference:
        device.readBandwidth = 1e7;
        break;
    case DeviceKind::Cpu:
        device.readBandwidth = 30e9;
        break;
    case DeviceKind::Vulkan:
        device.readBandwidth = info.software ? 1e9 : 200e9;
        break;
    case DeviceKind::Cuda:
        device.readBandwidth = 400e9;
        break;
    }
    return device;
}

std::string Placement::text() const
{
    if (split == Split::None)
        return toString(devices.front());
    std::string all = split == Split::Tensors ? "tensors of " : "layers of ";
    for (size_t i = 0; i < devices.size(); ++i)
        all += (i ? " + " : "") + toString(devices[i]) + " " +
            std::to_string(std::lround(shares[i] * 100)) + " %";
    return all;
}

std::vector<Placement> placements(const ModelSize& model, const std::vector<DeviceInfo>& devices,
                                  const MachineFigures& machine, const PlacementWish& wish)
{
    const std::vector<PlacementDevice> all = wishedDevices(devices, machine, wish);
    Ranking ranking(model, machine);
    if (wish.split) {
        const std::vector<PlacementDevice> gpus = gpusOf(all);
        const auto& chosen = wish.devices.empty() && gpus.size() > 1 ? gpus : all;
        if (chosen.size() < 2)
            throw std::runtime_error("A model can be split over several devices only: name them, "
                                     "like --devices cuda:0,cpu.");
        ranking.add(*wish.split, chosen, wish.shares);
        return ranking.take();
    }
    for (const PlacementDevice& device : all)
        ranking.add(Split::None, {device});
    if (!wish.devices.empty()) {
        if (all.size() > 1) {
            ranking.addTensorsIfMeasured(all);
            ranking.add(Split::Layers, all);
        }
        return ranking.take();
    }
    const std::vector<PlacementDevice> gpus = gpusOf(all);
    for (size_t i = 0; i < gpus.size(); ++i)
        for (size_t j = i + 1; j < gpus.size(); ++j)
            ranking.addTensorsIfMeasured({gpus[i], gpus[j]});
    if (gpus.size() > 2)
        ranking.addTensorsIfMeasured(gpus);
    if (gpus.size() > 1)
        ranking.add(Split::Layers, gpus);
    if (!gpus.empty() && gpus.size() < all.size())
        ranking.add(Split::Layers, all);
    return ranking.take();
}

} // namespace inglenook
