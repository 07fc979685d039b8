#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_cache.h"
#include "kernels/self_test/test_weight.h"

#include <cmath>

namespace inglenook::self_test {

namespace {

constexpr int kWidth = 256;
constexpr int kInner = 288; // of the feed-forward
constexpr int kVocabulary = 70;
constexpr int kStored = 60; // tokens in the cache before the first step
constexpr int kRoom = 100;
constexpr int kSteps = 6;
constexpr float kEps = 1e-5f;

AttentionShape attentionShape()
{
    return {.heads = 4, .kvHeads = 2, .headSize = 64, .window = 50, .scale = 0.125f, .softcap = 20};
}

Weight loaded(Workspace& on, uint32_t seed, const std::vector<PartShape>& parts, int in = kWidth)
{
    return TestWeight(seed, parts, in).loadOn(on.backend());
}

/// One layer of a decoder and its head, with every operator in it, for a fixed number of rows.
class TinyDecoder {
public:
    TinyDecoder(Workspace& on, int rows);

    /// Writes the inputs of a step: rows of two sequences in turn, each a token further than the
    /// row before it; in some steps the last row is empty.
    void prepareStep(int step);
    void run();
    [[nodiscard]] Matrix logits() { return m_on.read(m_logits); }
    [[nodiscard]] Matrix candidates() { return m_on.read(m_candidates); }

private:
    [[nodiscard]] Matrix zeros(int cols) const { return Matrix(m_rows, cols); }
    [[nodiscard]] std::vector<Place> places(int step) const;
    void fillCache();

    Workspace& m_on;
    int m_rows;
    AttentionShape m_shape = attentionShape();
    TestCache m_cache;
    Weight m_norm = m_on.vector(randomMatrix(100, 1, kWidth).values);
    Weight m_embedding = loaded(m_on, 101, {{DType::Q8_0, kVocabulary}});
    Weight m_qkv = loaded(m_on, 102, {{DType::Q4_K, 256}, {DType::Q4_K, 128}, {DType::Q6_K, 128}});
    Weight m_qkvBias = m_on.vector(randomMatrix(103, 1, 512).values);
    Weight m_attentionOut = loaded(m_on, 104, {{DType::Q5_K, kWidth}});
    Weight m_gateUp = loaded(m_on, 105, {{DType::Q4_0, 2 * kInner}});
    Weight m_down = loaded(m_on, 106, {{DType::F16, kWidth}}, kInner);
    Weight m_head = loaded(m_on, 107, {{DType::BF16, kVocabulary}});
    Tensor m_x = m_on.changing(zeros(kWidth));
    Tensor m_h = m_on.changing(zeros(kWidth));
    Tensor m_mixed = m_on.changing(zeros(kWidth));
    Tensor m_qkvRows = m_on.changing(zeros(512));
    Tensor m_gateUpRows = m_on.changing(zeros(2 * kInner));
    Tensor m_last = m_on.changing(zeros(kWidth));
    Tensor m_logits = m_on.changing(zeros(kVocabulary));
    Tensor m_candidates = m_on.changing(zeros(kCandidateCols));
    Tensor m_rotation = m_on.changing(zeros(64));
    Tensor m_tokens;
    Tensor m_outputRows;
    StepInputs m_in;
};

TinyDecoder::TinyDecoder(Workspace& on, int rows)
    : m_on(on)
    , m_rows(rows)
    , m_cache(on, m_shape, {kRoom, kRoom})
{
    fillCache();
    m_candidates.type = DType::I32;
    m_in = m_cache.inputs(places(0));
    m_tokens = m_on.input(consecutive(0, rows), rows);
    m_outputRows = m_on.input(consecutive(0, rows), rows);
}

void TinyDecoder::fillCache()
{
    const std::vector<Place> stored = allPlaces({kStored, kStored});
    const Matrix values = randomMatrix(108, static_cast<int>(stored.size()), m_shape.qkvCols());
    m_on.backend().rotateAndStore(m_on.changing(values), m_cache.pages(), {}, {}, m_shape,
                                  m_cache.inputs(stored));
}

std::vector<Place> TinyDecoder::places(int step) const
{
    std::vector<Place> rows;
    const int perSequence = (m_rows + 1) / 2;
    for (int r = 0; r < m_rows; ++r)
        rows.push_back({.slot = r % 2, .position = kStored + perSequence * step + r / 2});
    if (m_rows > 1 && step % 3 == 1)
        rows.back().position = -1;
    return rows;
}

void TinyDecoder::prepareStep(int step)
{
    const std::vector<Place> rows = places(step);
    std::vector<int32_t> tokens;
    std::vector<int32_t> positions;
    std::vector<int32_t> slots;
    std::vector<int32_t> outputRows;
    for (int r = 0; r < m_rows; ++r) {
        const Place& place = rows[static_cast<size_t>(r)];
        tokens.push_back((17 * step + 5 * r) % kVocabulary);
        positions.push_back(place.position);
        slots.push_back(place.slot);
        outputRows.push_back((r + step) % m_rows);
    }
    m_on.rewrite(m_tokens, tokens);
    m_on.rewrite(m_in.positions, positions);
    m_on.rewrite(m_in.slots, slots);
    m_on.rewrite(m_outputRows, outputRows);
    m_on.rewrite(m_rotation, rotations(rows, 64));
}

void TinyDecoder::run()
{
    Backend& on = m_on.backend();
    const Rope rope{.pairs = RopePairs::Halves, .dims = 64, .rotation = m_rotation};
    on.embed(m_x, m_embedding, m_tokens, 2.f);
    on.rmsNorm(m_h, m_x, m_norm, kEps);
    on.matmul(m_qkvRows, m_h, m_qkv, m_qkvBias);
    on.rotateAndStore(m_qkvRows, m_cache.pages(), {}, rope, m_shape, m_in);
    on.attention(m_h, m_qkvRows, m_cache.pages(), m_shape, m_in);
    on.matmul(m_mixed, m_h, m_attentionOut);
    on.addRmsNorm(m_h, m_x, m_mixed, m_norm, kEps);
    on.matmulGlu(m_gateUpRows, m_h, m_gateUp, Activation::Silu);
    on.matmul(m_mixed, m_gateUpRows.columns(0, kInner), m_down);
    on.add(m_x, m_mixed);
    on.gatherRows(m_last, m_x, m_outputRows);
    on.rmsNorm(m_last, m_last, m_norm, kEps);
    on.matmul(m_logits, m_last, m_head);
    on.softcap(m_logits, 30.f);
    on.topCandidates(m_candidates, m_logits);
}

/// A step recorded once and replayed with new inputs equals the same steps run one by one. Two
/// recordings of different size take turns.
void replaysEqualRuns(Trial& trial)
{
    Workspace on(trial.device(), Placement::Packed);
    for (const int rows : {1, 4}) {
        TinyDecoder eager(on, rows);
        TinyDecoder recorded(on, rows);
        TinyDecoder other(on, 5 - rows);
        std::unique_ptr<Recording> recording;
        std::unique_ptr<Recording> otherRecording;
        for (int step = 0; step < kSteps; ++step) {
            eager.prepareStep(step);
            eager.run();
            recorded.prepareStep(step);
            other.prepareStep(step);
            if (step == 0) {
                recording = on.backend().record([&] { recorded.run(); });
                otherRecording = on.backend().record([&] { other.run(); });
            } else {
                on.backend().replay(*otherRecording);
                on.backend().replay(*recording);
            }
            const std::string what = "than without recording, step " + std::to_string(step) +
                " of " + std::to_string(rows) + " rows";
            trial.same(recorded.logits(), eager.logits(), what);
            trial.same(recorded.candidates(), eager.candidates(), what);
        }
        const Matrix before = recorded.logits();
        on.backend().replay(*recording);
        trial.same(recorded.logits(), before, "after the same step was replayed again");
    }
}

/// The reverse order of the rows and a step of each row alone.
void mixesEqualSingles(Trial& trial)
{
    Workspace on(trial.device(), Placement::Packed);
    TinyDecoder pair(on, 2);
    TinyDecoder single(on, 1);
    pair.prepareStep(0);
    pair.run();
    single.prepareStep(0);
    single.run();
    const int first = 0; // row 0 has the same token and place in both
    trial.same(pair.logits().chosen({&first, 1}), single.logits(), "than in a step of its own");
}

} // namespace

void addRecordReplayCases(std::vector<OperatorCase>& cases)
{
    cases.push_back({.operation = "record",
                     .format = "",
                     .shape = "six steps of a small decoder replayed",
                     .quick = true,
                     .run = replaysEqualRuns});
    cases.push_back({.operation = "record",
                     .format = "",
                     .shape = "a row of a small decoder alone and in a pair",
                     .quick = false,
                     .run = mixesEqualSingles});
}

} // namespace inglenook::self_test
