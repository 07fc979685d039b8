#include "inference/model/placement_wish.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace inglenook {

namespace {

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
                                     "layer, experts, or shares like 0.6,0.4.");
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
    } else if (split.starts_with("experts")) {
        wish.split = Split::Experts;
        shares = split.substr(7);
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

} // namespace inglenook
