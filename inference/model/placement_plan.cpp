#include "inference/model/placement_plan.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace inglenook {

namespace {

/// The cache that a model has at least, for a useful placement.
constexpr int kLeastPages = 8;

/// Whose memory a device computes in.
std::string memoryOf(const DeviceInfo& info)
{
    const bool card =
        (info.id.kind == DeviceKind::Vulkan || info.id.kind == DeviceKind::Cuda) && !info.software;
    return card ? toString(info.id) : "the machine's";
}

std::vector<ModelSlice> slicesOf(const Placement& placement, const PlannedModel& model)
{
    switch (placement.split) {
    case Split::None:
        break;
    case Split::Layers:
        return splitLayers(model.file, model.spec, placement.shares);
    case Split::Tensors:
        return splitTensors(model.file, model.spec, placement.shares);
    case Split::Experts:
        return splitExperts(model.spec, placement.shares);
    }
    return {wholeModel(model.spec)};
}

PageBytes pageBytes(const ModelSpec& spec, KvType type)
{
    const uint64_t window = KvCache::bytesPerWindowPage(spec, type);
    return {.full = KvCache::bytesPerPage(spec, type) - window, .window = window};
}

/// The wish with what the model's windows need.
MemoryWish wishOf(const PlannedModel& model)
{
    MemoryWish wish = model.wish;
    wish.windowPages = windowSizeOf(model.spec, model.limits.rows).perSequence;
    return wish;
}

/// The types of cache that take less than this one, the largest first, where the model's heads can
/// be kept so.
std::vector<SmallerCache> smallerCaches(const ModelSpec& spec, KvType than)
{
    std::vector<SmallerCache> caches;
    for (const KvType type : kKvTypes)
        if (type > than && std::ranges::all_of(spec.layers, [&](const LayerSpec& layer) {
                return canKeep(type, layer.attention.headSize);
            }))
            caches.push_back({std::string(name(type)), pageBytes(spec, type)});
    return caches;
}

uint64_t totalOf(const MemoryNeeds& needs)
{
    return needs.weightBytes + needs.scratchBytes +
        kLeastPages * (needs.page.full + needs.page.window);
}

/// What all that is wished would take on one device.
MemoryPlan wishedMemory(const PlannedModel& model)
{
    const MemoryNeeds needs{.device = "",
                            .freeBytes = uint64_t{1} << 62, // whether there is room is not asked
                            .weightBytes = WeightLoader(model.file, model.spec).totalBytes(),
                            .page = pageBytes(model.spec, model.kvType),
                            .scratchBytes = Decoder::bytes(model.spec, model.limits)};
    return planMemory({&needs, 1}, wishOf(model));
}

} // namespace

PlacementPlan planPlacement(const Placement& placement, const PlannedModel& model,
                            const std::vector<DeviceInfo>& devices)
{
    PlacementPlan plan{.slices = slicesOf(placement, model), .memory = {}};
    std::vector<MemoryNeeds> needs;
    std::vector<std::string> memories;
    std::map<std::string, uint64_t> asked; // of each memory, by all
    for (size_t i = 0; i < plan.slices.size(); ++i) {
        const DeviceInfo& info = *std::ranges::find(devices, placement.devices[i], &DeviceInfo::id);
        const ModelSpec own = specOf(model.spec, plan.slices[i]);
        const WeightLoader loader(model.file, model.spec, plan.slices[i]);
        needs.push_back({.device = toString(info.id),
                         .freeBytes = info.memoryFree,
                         .weightBytes = loader.totalBytes(),
                         .page = pageBytes(own, model.kvType),
                         .scratchBytes = Decoder::bytes(own, model.limits) + info.workspaceBytes,
                         .smallerCaches = smallerCaches(own, model.kvType)});
        memories.push_back(memoryOf(info));
        asked[memories.back()] += totalOf(needs.back());
    }
    for (size_t i = 0; i < needs.size(); ++i) {
        const double share = static_cast<double>(totalOf(needs[i])) /
            static_cast<double>(std::max<uint64_t>(1, asked[memories[i]]));
        needs[i].freeBytes = static_cast<uint64_t>(static_cast<double>(needs[i].freeBytes) * share);
    }
    plan.memory = planMemory(needs, wishOf(model));
    return plan;
}

ModelSize sizeOf(const PlannedModel& model)
{
    const WeightLoader weights(model.file, model.spec);
    const auto hasExperts = [](const LayerSpec& layer) { return layer.experts.count > 0; };
    return {.bytes = weights.totalBytes(),
            .readBytes = weights.totalBytes() - weights.unusedBytes(),
            .besideBytes = Decoder::bytes(model.spec, model.limits) +
                kLeastPages * KvCache::bytesPerPage(model.spec, model.kvType),
            .wishedCacheBytes = wishedMemory(model).cacheBytes,
            .layers = static_cast<int>(model.spec.layers.size()),
            .expertLayers = static_cast<int>(std::ranges::count_if(model.spec.layers, hasExperts)),
            .expertBytes = weights.expertBytes(),
            .expertReadBytes = weights.expertBytes() - weights.unusedBytes()};
}

uint64_t bytesOf(const PlannedModel& model)
{
    return wishedMemory(model).totalBytes;
}

std::string roomElsewhere(const PlannedModel& model, const MachineFigures& machine)
{
    const std::vector<DeviceInfo> devices = listDevices();
    for (const Placement& placement : placements(sizeOf(model), devices, machine, {})) {
        try {
            static_cast<void>(planPlacement(placement, model, devices));
        } catch (const std::runtime_error&) {
            continue;
        }
        return "There is room on " + placement.text() + ": choose that, or auto.";
    }
    return {};
}

} // namespace inglenook
