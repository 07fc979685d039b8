#pragma once

#include "inference/model/model_spec.h"
#include "inference/model_files/model_file.h"

#include <cstdint>
#include <vector>

namespace inglenook {

/// The weights of one layer. Which exist follows from its LayerSpec.
struct LayerWeights {
    Weight attentionNorm; // (1, dim)
    Weight qkv; // (q + 2 kv, dim): q over k over v
    Weight qkvBias; // (1, q + 2 kv)
    Weight qNorm; // (1, headSize)
    Weight kNorm; // (1, headSize)
    Weight attentionOut; // (dim, q)
    Weight attentionPostNorm; // (1, dim)
    Weight ffnNorm; // (1, dim)
    Weight gateUp; // (2 ffn, dim): gate over up
    Weight down; // (dim, ffn)
    Weight ffnPostNorm; // (1, dim)
};

struct Weights {
    Weight embedding; // (vocabulary, dim)
    Weight finalNorm; // (1, dim)
    Weight head; // (vocabulary, dim); the embedding where the spec ties them
    std::vector<LayerWeights> layers;

    /// What one decode step reads: every matrix once, of the embedding one row.
    [[nodiscard]] uint64_t bytesPerToken() const;
};

/// Loads the weights that a spec calls for, one at a time, so that loading can be cut into steps.
/// The constructor compares the shape of every array exactly and allocates nothing; the file
/// outlives the loader.
class WeightLoader {
public:
    /// Throws std::runtime_error naming the array that is missing, has another shape or format than
    /// expected, or is there without being understood.
    WeightLoader(const ModelFile& file, const ModelSpec& spec);

    [[nodiscard]] uint64_t totalBytes() const { return m_totalBytes; } // as in the file
    [[nodiscard]] uint64_t loadedBytes() const { return m_loadedBytes; }
    [[nodiscard]] bool finished() const { return m_next == m_items.size(); }
    /// Loads the next weight.
    void loadNext(Backend& backend);
    /// Call once, when finished.
    [[nodiscard]] Weights take();

private:
    struct Item {
        Weight* target; // in m_weights, whose layers keep their place
        std::vector<const ModelArray*> arrays; // stacked in this order
        bool vector; // converted to one row of F32
    };

    const ModelArray& find(const std::string& name, int64_t rows, int64_t cols);
    void addMatrix(Weight& target, const std::vector<std::pair<std::string, int>>& parts, int in);
    void addVector(Weight& target, const std::vector<std::pair<std::string, int>>& parts);
    void addLayer(size_t index, const LayerSpec& layer, int dim);
    void refuseUnknown() const;
    [[noreturn]] void refuse(const std::string& what) const;

    const ModelFile& m_file;
    Weights m_weights;
    std::vector<Item> m_items;
    std::vector<const ModelArray*> m_used;
    size_t m_next = 0;
    uint64_t m_totalBytes = 0;
    uint64_t m_loadedBytes = 0;
};

} // namespace inglenook
