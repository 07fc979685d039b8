#include "app/cli/bench_pass.h"

#include "inference/model/loaded_model.h"

#include <algorithm>
#include <chrono>

namespace inglenook {

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

BenchedModel::BenchedModel(const LoadRequest& request)
{
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    m_model = loading.take();
    m_model->group->fillCacheWithNoise();
}

BenchedModel::~BenchedModel() = default;

const ModelLoaded& BenchedModel::facts() const
{
    return m_model->facts;
}

std::string BenchedModel::cacheType() const
{
    return std::string(name(m_model->group->kvType()));
}

uint64_t BenchedModel::bytesRead(int context) const
{
    uint64_t cache = 0;
    for (const LayerSpec& layer : m_model->spec.layers) {
        const AttentionShape& shape = layer.attention;
        const int seen = shape.window > 0 ? std::min(shape.window, context) : context;
        cache += kvPageBytes(shape.kvHeads, shape.headSize, m_model->group->kvType()) *
            static_cast<uint64_t>(seen);
    }
    return m_model->group->bytesPerToken() + cache / kPageTokens;
}

double BenchedModel::measureReadBandwidth()
{
    return m_model->group->measureReadBandwidth();
}

void BenchedModel::compute(int rows, int context)
{
    const bool prompt = rows > kDecodeRows;
    const int widest = m_model->group->limits().rows;
    std::vector<StepRow> step;
    for (int first = 0; first < rows; first += widest) {
        step.clear();
        for (int i = first; i < std::min(rows, first + widest); ++i)
            step.push_back({.token = i * 31 % m_model->spec.vocabulary,
                            .position = context + i,
                            .slot = 0,
                            .output = !prompt || i == rows - 1});
        m_model->group->run(step);
    }
    std::vector<Candidates> likeliest(static_cast<size_t>(prompt ? 1 : rows));
    m_model->group->readCandidates(likeliest);
}

double BenchedModel::secondsOf(int rows, int context)
{
    using Clock = std::chrono::steady_clock;
    constexpr double kMeasurable = 0.05;
    const Clock::time_point start = Clock::now();
    std::chrono::duration<double> took{};
    int repeats = 0;
    do {
        compute(rows, context);
        ++repeats;
        took = Clock::now() - start;
    } while (took.count() < kMeasurable);
    return took.count() / repeats;
}

} // namespace inglenook
