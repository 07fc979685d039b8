#include "tests/models/tiny_runner.h"

#include "inference/architectures/architecture.h"

#include <algorithm>

namespace inglenook::tests {

TinyRunner::TinyRunner(Backend& backend, const ModelFile& file)
    : m_spec(readModelSpec(file))
{
    WeightLoader loader(file, m_spec);
    while (!loader.finished())
        loader.loadNext(backend);
    m_weights = loader.take();
    m_cache =
        std::make_unique<KvCache>(backend, m_spec, kSlots * kPagesPerSlot, kSlots, kPagesPerSlot);
    m_decoder = std::make_unique<Decoder>(backend, m_spec, m_weights, *m_cache,
                                          StepLimits{.rows = 128, .outputs = 128});
    for (int slot = 0; slot < kSlots; ++slot) {
        std::vector<int> pages;
        for (int i = 0; i < kPagesPerSlot; ++i)
            pages.push_back(slot * kPagesPerSlot + i);
        setPages(slot, pages);
    }
}

std::vector<float> TinyRunner::run(const std::vector<StepRow>& rows)
{
    m_decoder->run(rows);
    const auto outputs = static_cast<size_t>(std::ranges::count_if(rows, &StepRow::output));
    std::vector<float> logits(outputs * static_cast<size_t>(m_spec.vocabulary));
    m_decoder->readLogits(logits);
    return logits;
}

std::vector<float> TinyRunner::runSlices(std::span<const int32_t> tokens, int slot, int slice)
{
    std::vector<float> all;
    std::vector<StepRow> rows;
    for (size_t i = 0; i < tokens.size(); ++i) {
        rows.push_back(
            {.token = tokens[i], .position = static_cast<int>(i), .slot = slot, .output = true});
        if (static_cast<int>(rows.size()) < slice && i + 1 < tokens.size())
            continue;
        const std::vector<float> logits = run(rows);
        all.insert(all.end(), logits.begin(), logits.end());
        rows.clear();
    }
    return all;
}

} // namespace inglenook::tests
