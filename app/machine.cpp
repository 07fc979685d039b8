#include "app/machine.h"

#include "inference/architectures/architecture.h"
#include "inference/memory/kv_cache.h"
#include "inference/model/draft_pairing.h"
#include "inference/model/placement.h"
#include "inference/model/weights.h"
#include "inference/model_files/model_file.h"
#include "inference/model_files/quantisation.h"
#include "kernels/devices.h"

#include <algorithm>
#include <exception>

namespace inglenook {

ModelFacts describeModel(const std::string& path, int contextTokens)
{
    constexpr int kShortContext = 2048; // the least that is worth a chat
    ModelFacts facts;
    try {
        const std::unique_ptr<ModelFile> file = openModelFile(path);
        facts.name = file->metadata().text("general.name").value_or("");
        facts.quantisation = quantisationName(*file);
        facts.architecture = file->metadata().text("general.architecture").value_or("");
        facts.vocabulary = vocabularyHash(file->metadata());
        const ModelSpec spec = readModelSpec(*file);
        const int tokens =
            contextTokens > 0 ? contextTokens : std::min(spec.context, kShortContext);
        facts.neededBytes =
            WeightLoader(*file, spec).totalBytes() + KvCache::leastBytes(spec, tokens);
    } catch (const std::exception& error) {
        facts.problem = error.what();
    }
    return facts;
}

std::vector<DeviceFacts> usableDevices()
{
    std::vector<DeviceFacts> usable;
    const std::vector<DeviceInfo> all = listDevices();
    const std::vector<DeviceInfo> cards = cardsOf(all);
    for (const DeviceInfo& device : all)
        if (device.problem.empty())
            usable.push_back(
                {.id = toString(device.id),
                 .name = device.name,
                 .freeBytes = device.memoryFree,
                 .card = std::ranges::find(cards, device.id, &DeviceInfo::id) != cards.end()});
    return usable;
}

} // namespace inglenook
