// Runs the checks of row invariance on one device or several together, without Qt, and compares
// their logits with the reference backend's. One line of JSON per model; the exit status says
// whether all held.
// Usage: decoder_checks DEVICE[,DEVICE...] [SPLIT]   (as --devices and --split of nook)

#include "inference/model/placement.h"
#include "kernels/devices.h"
#include "tests/models/decoder_checks.h"
#include "tests/models/tiny_runner.h"

#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// Rounding of activations to 8 bits, which only some backends do, moves quantised models by more.
constexpr double kLargestMeanDifference = 1e-3;
constexpr double kLargestMeanDifferenceQuantised = 3e-2;

/// meanDifference() of the logits from the reference's.
double distanceFromReference(const TinyDevices& devices, Backend& reference, const ModelFile& file)
{
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    TinyRunner ours(devices, file);
    TinyRunner theirs(reference, file);
    return meanDifference(ours.runSlices(tokens, 0, kCheckedTokens),
                          theirs.runSlices(tokens, 0, kCheckedTokens));
}

TinyDevices openDevices(const std::string& names, const std::string& how)
{
    const PlacementWish wish = readPlacementWish(names, how);
    std::vector<std::shared_ptr<Backend>> backends;
    for (const DeviceId id : wish.devices)
        backends.push_back(createBackend(id));
    if (backends.size() == 1)
        return {std::move(backends), Split::None, {1.}};
    const Split split = wish.split.value_or(Split::Tensors);
    std::vector<double> shares(backends.size(), 1. / static_cast<double>(backends.size()));
    if (split == Split::Experts)
        shares = {0., 1.};
    return {std::move(backends), split, wish.shares.empty() ? shares : wish.shares};
}

bool checkModel(const TinyDevices& devices, Backend& reference, const CheckedModel& model)
{
    const auto file = model.file();
    const double distance = distanceFromReference(devices, reference, *file);
    const nlohmann::ordered_json line = {
        {"model", model.text()},
        {"sliced_prompt", checkSlicedPrompt(devices, *file)},
        {"mixed_sequences", checkMixedSequences(devices, *file)},
        {"replay", checkReplay(devices, *file)},
        {"distance_from_reference", distance},
    };
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
    const double limit =
        model.type == DType::F32 ? kLargestMeanDifference : kLargestMeanDifferenceQuantised;
    return line["sliced_prompt"] == "" && line["mixed_sequences"] == "" && line["replay"] == "" &&
        distance <= limit;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const TinyDevices devices =
            openDevices(argc > 1 ? argv[1] : "cuda", argc > 2 ? argv[2] : "");
        const auto reference = createBackend({.kind = DeviceKind::Reference});
        bool good = true;
        for (const CheckedModel& model : checkedModels())
            if (model.canBeSplit(devices.split))
                good = checkModel(devices, *reference, model) && good;
        return good ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "decoder_checks: %s\n", error.what());
        return 2;
    }
}
