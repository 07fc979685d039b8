#include "inference/model/model_slice.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace inglenook {

namespace {

/// Words per piece of the vocabulary: what backends pack together.
constexpr int kWords = 16;

LayerSlice wholeLayer(const LayerSpec& layer)
{
    return {.heads = {0, layer.attention.heads},
            .kvHeads = {0, layer.attention.kvHeads},
            .feedForward = {0, layer.feedForwardCols}};
}

std::string nameInLayer(size_t layer, const char* array)
{
    return "blk." + std::to_string(layer) + "." + array + ".weight";
}

/// Columns that a cut through the inputs of an array keeps together.
int blockOf(const ModelFile& file, const std::string& name)
{
    const ModelArray* array = file.find(name);
    return array ? facts(array->type).blockElements : 1;
}

/// Cuts `pieces` into one range per share, each of at least one piece.
std::vector<Range> apportion(int pieces, std::span<const double> shares)
{
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);
    std::vector<Range> ranges;
    int first = 0;
    double until = 0.;
    for (size_t i = 0; i < shares.size(); ++i) {
        until += shares[i] / sum;
        const int behind = static_cast<int>(shares.size() - i - 1); // each of them needs one
        const int end = i + 1 == shares.size()
            ? pieces
            : std::clamp(static_cast<int>(std::lround(until * pieces)), first + 1, pieces - behind);
        ranges.push_back({first, end - first});
        first = end;
    }
    return ranges;
}

[[noreturn]] void refuse(const std::string& why, size_t devices)
{
    throw CannotBeSplit("This model cannot be split over " + std::to_string(devices) +
                        " devices: " + why +
                        ". Choose fewer devices, or another way of splitting.");
}

/// The smallest number of heads after which the inputs of attention out may be cut.
int headsPerPiece(const AttentionShape& shape, int block)
{
    const int group = shape.kvHeads == 1 ? 1 : shape.heads / shape.kvHeads;
    const int cols = group * shape.headSize;
    return group * (block / std::gcd(cols, block));
}

/// One LayerSlice per share.
std::vector<LayerSlice> splitLayer(const ModelFile& file, const LayerSpec& layer, size_t index,
                                   std::span<const double> shares)
{
    const AttentionShape& shape = layer.attention;
    const int devices = static_cast<int>(shares.size());
    const int perPiece = headsPerPiece(shape, blockOf(file, nameInLayer(index, "attn_output")));
    const int headPieces = shape.heads / perPiece;
    if (shape.heads % perPiece != 0 || headPieces < devices)
        refuse("its " + std::to_string(shape.heads) + " heads read " +
                   std::to_string(shape.kvHeads) + " cached ones, which stay together",
               shares.size());
    const char* down = layer.experts.count > 0 ? "ffn_down_exps" : "ffn_down";
    const int block = blockOf(file, nameInLayer(index, down));
    if (layer.feedForwardCols / block < devices)
        refuse("its feed-forward has " + std::to_string(layer.feedForwardCols) + " columns",
               shares.size());

    const std::vector<Range> heads = apportion(headPieces, shares);
    const std::vector<Range> columns = apportion(layer.feedForwardCols / block, shares);
    const int group = shape.heads / shape.kvHeads;
    std::vector<LayerSlice> slices;
    for (size_t i = 0; i < shares.size(); ++i) {
        const Range own = scaled(heads[i], perPiece);
        const int firstKv = own.first / group;
        slices.push_back({.heads = own,
                          .kvHeads = {firstKv, (own.end() + group - 1) / group - firstKv},
                          .feedForward = scaled(columns[i], block)});
    }
    return slices;
}

/// The vocabulary in ranges of whole pieces; the last one has what is left.
std::vector<Range> splitWords(int vocabulary, std::span<const double> shares)
{
    const int pieces = (vocabulary + kWords - 1) / kWords;
    if (pieces < static_cast<int>(shares.size()))
        refuse("its vocabulary has " + std::to_string(vocabulary) + " tokens", shares.size());
    std::vector<Range> words = apportion(pieces, shares);
    for (Range& range : words) {
        range = scaled(range, kWords);
        range.count = std::min(range.count, vocabulary - range.first);
    }
    return words;
}

/// Bytes of the arrays of each layer; the last entry those of the head.
std::vector<double> layerBytes(const ModelFile& file, const ModelSpec& spec)
{
    std::vector<double> bytes(spec.layers.size() + 1);
    for (const ModelArray& array : file.arrays()) {
        size_t layer = 0;
        if (array.name.starts_with("blk."))
            layer = std::stoul(array.name.substr(4));
        else if (array.name == (spec.tiedHead ? "token_embd.weight" : "output.weight"))
            layer = spec.layers.size();
        else
            continue;
        if (layer < bytes.size())
            bytes[layer] += static_cast<double>(array.byteCount);
    }
    return bytes;
}

} // namespace

ModelSlice wholeModel(const ModelSpec& spec)
{
    ModelSlice slice{.vocabulary = {0, spec.vocabulary}};
    std::ranges::transform(spec.layers, std::back_inserter(slice.layers), wholeLayer);
    return slice;
}

std::vector<ModelSlice> splitLayers(const ModelFile& file, const ModelSpec& spec,
                                    std::span<const double> shares)
{
    const auto layers = static_cast<int>(spec.layers.size());
    if (layers < static_cast<int>(shares.size()))
        refuse("it has " + std::to_string(layers) + " layers", shares.size());
    const std::vector<double> bytes = layerBytes(file, spec);
    const double all = std::accumulate(bytes.begin(), bytes.end(), 0.);
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);

    std::vector<ModelSlice> slices;
    int next = 0;
    double done = 0.; // bytes of the layers before `next`
    double until = 0.; // bytes that this device and those before it are to have
    for (size_t i = 0; i < shares.size(); ++i) {
        ModelSlice slice{.firstLayer = next,
                         .vocabulary = {0, spec.vocabulary},
                         .embeds = i == 0,
                         .hasHead = i + 1 == shares.size()};
        until += all * shares[i] / sum;
        const int behind = static_cast<int>(shares.size() - i - 1);
        const auto half = [&] { return bytes[static_cast<size_t>(next)] / 2; };
        while (next < layers - behind &&
               (slice.layers.empty() || behind == 0 || done + half() <= until)) {
            done += bytes[static_cast<size_t>(next)];
            slice.layers.push_back(wholeLayer(spec.layers[static_cast<size_t>(next++)]));
        }
        slices.push_back(std::move(slice));
    }
    return slices;
}

std::vector<ModelSlice> splitTensors(const ModelFile& file, const ModelSpec& spec,
                                     std::span<const double> shares)
{
    const std::vector<Range> words = splitWords(spec.vocabulary, shares);
    std::vector<ModelSlice> slices;
    for (const Range& range : words)
        slices.push_back({.vocabulary = range});
    for (size_t layer = 0; layer < spec.layers.size(); ++layer) {
        const std::vector<LayerSlice> parts = splitLayer(file, spec.layers[layer], layer, shares);
        for (size_t i = 0; i < slices.size(); ++i)
            slices[i].layers.push_back(parts[i]);
    }
    return slices;
}

std::vector<ModelSlice> splitExperts(const ModelSpec& spec, std::span<const double> shares)
{
    const auto layers = std::ranges::count_if(
        spec.layers, [](const LayerSpec& layer) { return layer.experts.count > 0; });
    if (layers == 0)
        refuse("it has no experts that another device could have", shares.size());
    if (shares.size() != 2)
        refuse("its experts can be on one other device", shares.size());
    const double share = shares[1] / (shares[0] + shares[1]);
    // not fewer than the share: what is left is what the first device has room for
    const auto away = std::max<std::ptrdiff_t>(
        1, static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(layers) - 1e-6)));

    ModelSlice first = wholeModel(spec);
    ModelSlice second{.embeds = false, .hasHead = false};
    second.layers.resize(first.layers.size());
    std::ptrdiff_t seen = 0;
    for (size_t i = 0; i < first.layers.size(); ++i)
        if (spec.layers[i].experts.count > 0 && seen++ < away)
            std::swap(first.layers[i].feedForward, second.layers[i].feedForward);
    return {std::move(first), std::move(second)};
}

ModelSpec specOf(const ModelSpec& spec, const ModelSlice& slice)
{
    ModelSpec own = spec;
    own.vocabulary = slice.embeds || slice.hasHead ? slice.vocabulary.count : 0;
    own.layers.clear();
    for (size_t i = 0; i < slice.layers.size(); ++i) {
        LayerSpec layer = spec.layers[static_cast<size_t>(slice.firstLayer) + i];
        layer.attention.heads = slice.layers[i].heads.count;
        layer.attention.kvHeads = slice.layers[i].kvHeads.count;
        layer.feedForwardCols = slice.layers[i].feedForward.count;
        own.layers.push_back(layer);
    }
    return own;
}

} // namespace inglenook
