#pragma once

#include "inference/model/model_slice.h"
#include "inference/model/model_spec.h"
#include "inference/model_files/model_file.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace inglenook {

/// The weights of one layer. Which exist follows from its LayerSpec.
struct LayerWeights {
    Weight attentionNorm; // (1, dim)
    Weight qkv; // (q + 2 kv, dim): q over k over v
    Weight qkvBias; // (1, q + 2 kv)
    Weight qNorm; // (1, headSize)
    Weight kNorm; // (1, headSize)
    Weight sinks; // (1, heads)
    Weight attentionOut; // (dim, q)
    Weight attentionOutBias; // (1, dim); of several devices that share a layer one has it
    Weight attentionPostNorm; // (1, dim)
    Weight ffnNorm; // (1, dim)
    Weight gateUp; // (2 ffn, dim): gate over up
    Weight down; // (dim, ffn)
    Weight router; // (experts, dim); with experts there are these in place of gateUp and down
    Weight routerBias; // (1, experts)
    Weight expertGates; // (experts * ffn, dim): a part per expert
    Weight expertGateBiases; // (1, experts * ffn)
    Weight expertUps; // (experts * ffn, dim)
    Weight expertUpBiases; // (1, experts * ffn)
    Weight expertDowns; // (experts * dim, ffn)
    Weight expertDownBiases; // (1, experts * dim); as attentionOutBias
    double usedExperts = 1.; // the share of them that a row uses
    Weight ffnPostNorm; // (1, dim)
};

struct Weights {
    Weight embedding; // (vocabulary, dim)
    Weight finalNorm; // (1, dim)
    Weight head; // (vocabulary, dim); the embedding where the spec ties them
    std::vector<LayerWeights> layers;

    /// What one decode step of one row reads: every matrix once, of the embedding one row, of the
    /// experts those that are used.
    [[nodiscard]] uint64_t bytesPerToken() const;
};

/// Loads the weights that a spec calls for, one at a time, so that loading can be cut into steps.
/// The constructor compares the shape of every array exactly and allocates nothing; the file
/// outlives the loader.
class WeightLoader {
public:
    /// For all of a model. Throws std::runtime_error naming the array that is missing, has another
    /// shape or format than expected, or is there without being understood.
    WeightLoader(const ModelFile& file, const ModelSpec& spec);
    /// For a slice of it; the whole file is checked likewise.
    WeightLoader(const ModelFile& file, const ModelSpec& spec, const ModelSlice& slice);

    [[nodiscard]] uint64_t totalBytes() const { return m_totalBytes; } // as kept (dtype.h)
    [[nodiscard]] uint64_t expertBytes() const { return m_expertBytes; } // of them
    /// Of those the ones that a row does not use.
    [[nodiscard]] uint64_t unusedBytes() const { return m_unusedBytes; }
    [[nodiscard]] uint64_t loadedBytes() const { return m_loadedBytes; }
    [[nodiscard]] bool finished() const { return m_next == m_items.size(); }
    /// Does one unit of work: brings a piece of the next weight from the disk into memory, or loads
    /// a piece of it, so that neither a slow disk nor a large weight is waited for at once. The
    /// same backend each time; it outlives the loader.
    void loadNext(Backend& backend);
    /// Call once, when finished.
    [[nodiscard]] Weights take();

private:
    /// An array that the spec calls for.
    struct Wanted {
        std::string name;
        int out = 0; // rows; of a vector its numbers
        Range part; // of the rows, for this device
    };
    /// The inputs that arrays have, and which of them are for this device.
    struct Inputs {
        int all = 0;
        Range part;
    };
    static Wanted all(std::string name, int out) { return {std::move(name), out, {0, out}}; }
    static Inputs wholeInputs(int in) { return {in, {0, in}}; }
    /// Matrices that lie behind each other in one array: of each the rows, and those for this
    /// device.
    static std::vector<Wanted> inOneArray(const std::string& name,
                                          const std::vector<Inputs>& matrices);

    struct Piece {
        const ModelArray* array = nullptr;
        Range rows;
        Range cols;
    };
    struct Item {
        Weight* target = nullptr; // in m_weights, whose layers keep their place
        std::vector<Piece> pieces; // stacked in this order
        bool vector = false; // converted to one row of F32
    };

    const ModelArray& find(const std::string& name, int64_t rows, int64_t cols);
    // No target: the arrays are checked, and are another device's.
    void addExperts(Weight* target, const ExpertsSpec& experts, const Wanted& wanted, Inputs in);
    void addExpertBiases(Weight* target, const ExpertsSpec& experts, const Wanted& wanted);
    void addFeedForward(const std::string& prefix, const LayerSpec& layer, int dim, Range own,
                        LayerWeights* target);
    void addMatrix(Weight* target, const std::vector<Wanted>& wanted, Inputs in);
    void addVector(Weight* target, const std::vector<Wanted>& wanted);
    void addItem(Item item);
    void addLayer(const std::string& prefix, const LayerSpec& layer, int dim,
                  const LayerSlice& slice, LayerWeights* target);
    void expectAhead();
    [[nodiscard]] bool fetch(const Item& item);
    [[nodiscard]] std::unique_ptr<WeightLoading> beginVector(Backend& backend, const Item& item);
    [[nodiscard]] std::unique_ptr<WeightLoading> beginMatrix(Backend& backend, const Item& item);
    void refuseUnknown() const;
    [[noreturn]] void refuse(const std::string& what) const;

    const ModelFile& m_file;
    bool m_tiedHead;
    Weights m_weights;
    std::vector<Item> m_items;
    std::vector<const ModelArray*> m_used;
    size_t m_next = 0;
    size_t m_fetched = 0; // bytes of that one
    std::unique_ptr<WeightLoading> m_loading; // of that one, once it is in memory
    std::vector<float> m_vector; // that is being loaded
    std::vector<std::vector<std::byte>> m_cut; // pieces of it that do not lie together in the file
    size_t m_expected = 0; // items that the file was told of
    uint64_t m_expectedBytes = 0;
    uint64_t m_totalBytes = 0;
    uint64_t m_expertBytes = 0;
    uint64_t m_unusedBytes = 0;
    uint64_t m_loadedBytes = 0;
};

} // namespace inglenook
