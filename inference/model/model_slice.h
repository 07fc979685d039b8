#pragma once

#include "inference/model/model_spec.h"
#include "inference/model_files/model_file.h"

#include <span>
#include <stdexcept>
#include <vector>

namespace inglenook {

/// Consecutive things: [first, first + count).
struct Range {
    int first = 0;
    int count = 0;

    [[nodiscard]] int end() const { return first + count; }
    bool operator==(const Range&) const = default;
};

/// The same of things that are `by` smaller ones each.
[[nodiscard]] inline Range scaled(Range range, int by)
{
    return {range.first * by, range.count * by};
}

/// What one device computes of a layer.
struct LayerSlice {
    Range heads; // none: attention is another device's, and the norms
    Range kvHeads; // those that the heads read
    Range feedForward; // columns; none: the feed-forward is another device's

    bool operator==(const LayerSlice&) const = default;
};

/// The part of a model that one device holds and computes.
struct ModelSlice {
    int firstLayer = 0;
    std::vector<LayerSlice> layers; // from firstLayer on
    Range vocabulary; // rows of the embedding and of the head
    bool embeds = true; // it has its rows of the embedding
    bool hasHead = true; // it has the last norm and its rows of the head
};

/// Says why a model has too few pieces for so many devices.
class CannotBeSplit : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// All of a model on one device.
[[nodiscard]] ModelSlice wholeModel(const ModelSpec& spec);

/// Whole layers to each device, in order: as many as its share of the bytes says, at least one. The
/// first embeds, the last has the head. Throws CannotBeSplit if there are fewer layers than shares.
[[nodiscard]] std::vector<ModelSlice> splitLayers(const ModelFile& file, const ModelSpec& spec,
                                                  std::span<const double> shares);

/// A part of every layer to each device (Shoeybi et al. 2019, section 3): q, k, v, gate, up,
/// embedding and head by output, attention out and down by input. Cut between KV heads (between
/// query heads where there is one KV head) and on the borders of quantised blocks, as near to the
/// shares as that allows, at least one piece each. Throws CannotBeSplit where there are fewer
/// pieces than shares.
[[nodiscard]] std::vector<ModelSlice> splitTensors(const ModelFile& file, const ModelSpec& spec,
                                                   std::span<const double> shares);

/// All but experts to the first of two devices, which should be the faster one, and to the second
/// so many experts, by whole layers from the first on, as its share of them says; at least one
/// layer's. Throws CannotBeSplit where there are no experts or not two shares.
[[nodiscard]] std::vector<ModelSlice> splitExperts(const ModelSpec& spec,
                                                   std::span<const double> shares);

/// The slice as a model of its own: fewer layers, heads, columns, words.
[[nodiscard]] ModelSpec specOf(const ModelSpec& spec, const ModelSlice& slice);

} // namespace inglenook
