#include "inference/model/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace inglenook {

namespace {

/// What several devices must promise beyond one: predictions err, and one is simpler.
constexpr double kWorthwhile = 1.1;

/// Of a device's free memory: the rest is for others, as MemoryPlan has it.
constexpr double kUsable = 0.95;

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
                        static_cast<double>(model.besideBytes + device.info.workspaceBytes));
}

/// What one device has of a model, in bytes.
struct Portion {
    double bytes = 0.;
    double readBytes = 0.; // of them, for a token
};

/// What each device has.
std::vector<Portion> portionsOf(const ModelSize& model, Split split,
                                const std::vector<double>& shares)
{
    const auto bytes = static_cast<double>(model.bytes);
    const auto readBytes = static_cast<double>(model.readBytes);
    if (split == Split::Experts) {
        const Portion away{.bytes = shares[1] * static_cast<double>(model.expertBytes),
                           .readBytes = shares[1] * static_cast<double>(model.expertReadBytes)};
        return {{bytes - away.bytes, readBytes - away.readBytes}, away};
    }
    std::vector<Portion> portions;
    for (const double share : shares)
        portions.push_back({share * bytes, share * readBytes});
    return portions;
}

/// How often the devices meet for a token.
double meetings(const ModelSize& model, Split split, const std::vector<double>& shares)
{
    switch (split) {
    case Split::None:
    case Split::Layers:
        break;
    case Split::Tensors:
        return 2. * model.layers + 1.;
    case Split::Experts:
        return 2. * shares[1] * model.expertLayers;
    }
    return 0.;
}

bool fits(const ModelSize& model, const std::vector<PlacementDevice>& devices,
          const std::vector<Portion>& portions)
{
    for (size_t i = 0; i < devices.size(); ++i)
        if (portions[i].bytes > room(model, devices[i]))
            return false;
    return true;
}

/// Of the experts as many to the first device, by whole layers, as it has room for beside all else
/// and the cache; the others, of one layer at least, to the second.
std::vector<double> expertShares(const ModelSize& model, const PlacementDevice& first)
{
    const double others = static_cast<double>(model.bytes - model.expertBytes) +
        static_cast<double>(model.wishedCacheBytes);
    const double perLayer = static_cast<double>(model.expertBytes) / model.expertLayers;
    const double kept = std::clamp(std::floor((room(model, first) - others) / perLayer), 0.,
                                   model.expertLayers - 1.);
    return {kept / model.expertLayers, 1. - kept / model.expertLayers};
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

/// A token's time without the meetings.
double secondsOf(Split split, const std::vector<PlacementDevice>& devices,
                 const std::vector<double>& shares, const std::vector<Portion>& portions)
{
    double seconds = 0.;
    double step = 0.;
    for (size_t i = 0; i < devices.size(); ++i) {
        const double reading = portions[i].readBytes / devices[i].readBandwidth;
        if (split == Split::Tensors) {
            seconds = std::max(seconds, reading);
            step = std::max(step, devices[i].stepSeconds);
        } else {
            seconds += reading;
            step += (split == Split::Experts ? 1. : shares[i]) * devices[i].stepSeconds;
        }
    }
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
            shares = split == Split::Experts ? expertShares(m_model, devices.front())
                                             : sharesBySpeed(m_model, devices);
        const std::vector<Portion> portions = portionsOf(m_model, split, shares);
        Entry entry{.placement = {.split = split, .shares = shares}};
        for (const PlacementDevice& device : devices)
            entry.placement.devices.push_back(device.info.id);
        entry.placement.secondsPerToken = secondsOf(split, devices, shares, portions) +
            meetings(m_model, split, shares) * exchangeSeconds(devices, m_machine).value_or(0.);
        entry.placement.fits = fits(m_model, devices, portions);
        entry.rank = entry.placement.secondsPerToken * (split == Split::None ? 1. : kWorthwhile);
        m_entries.push_back(std::move(entry));
    }

    /// The experts on the second device, if there are some.
    void addExperts(const PlacementDevice& first, const PlacementDevice& second)
    {
        if (m_model.expertLayers > 0)
            add(Split::Experts, {first, second});
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

void checkExperts(const ModelSize& model)
{
    if (model.expertLayers == 0)
        throw std::runtime_error("This model has no experts that another device could have. Choose "
                                 "another way of splitting.");
}

std::vector<PlacementDevice> gpusOf(const std::vector<PlacementDevice>& devices)
{
    std::vector<PlacementDevice> gpus;
    std::ranges::copy_if(devices, std::back_inserter(gpus),
                         [](const PlacementDevice& device) { return isGpu(device.info); });
    return gpus;
}

} // namespace

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
    if (split == Split::Experts)
        return toString(devices[0]) + " + " + std::to_string(std::lround(shares[1] * 100)) +
            " % of the experts on " + toString(devices[1]);
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
    const std::vector<PlacementDevice> gpus = gpusOf(all);
    const auto processor = std::ranges::find(
        all, DeviceKind::Cpu, [](const PlacementDevice& device) { return device.info.id.kind; });
    if (wish.split) {
        std::vector<PlacementDevice> chosen = all;
        if (wish.devices.empty() && gpus.size() > 1)
            chosen = gpus;
        if (*wish.split == Split::Experts) {
            checkExperts(model);
            if (wish.devices.empty() && !gpus.empty() && processor != all.end())
                chosen = {gpus.front(), *processor};
        }
        if (chosen.size() < 2)
            throw std::runtime_error("A model can be split over several devices only: name them, "
                                     "like --devices cuda:0,cpu.");
        if (*wish.split == Split::Experts && chosen.size() > 2)
            throw std::runtime_error("Experts can be on one other device: name two, like "
                                     "--devices cuda:0,cpu.");
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
        if (all.size() == 2)
            ranking.addExperts(all[0], all[1]);
        return ranking.take();
    }
    if (!gpus.empty() && processor != all.end())
        ranking.addExperts(gpus.front(), *processor);
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
