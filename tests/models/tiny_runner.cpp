#include "tests/models/tiny_runner.h"

#include "inference/architectures/architecture.h"
#include "tests/support/likeliest.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace inglenook::tests {

namespace {

std::vector<ModelSlice> slicesOf(const TinyDevices& devices, const ModelFile& file,
                                 const ModelSpec& spec)
{
    switch (devices.split) {
    case Split::None:
        break;
    case Split::Layers:
        return splitLayers(file, spec, devices.shares);
    case Split::Tensors:
        return splitTensors(file, spec, devices.shares);
    case Split::Experts:
        return splitExperts(spec, devices.shares);
    }
    return {wholeModel(spec)};
}

} // namespace

TinyRunner::TinyRunner(const TinyDevices& devices, const ModelFile& file)
    : m_spec(readModelSpec(file))
{
    std::vector<DeviceGroup::Device> members;
    for (ModelSlice& slice : slicesOf(devices, file, m_spec))
        members.push_back({.backend = devices.backends[members.size()], .slice = std::move(slice)});
    m_group = std::make_unique<DeviceGroup>(file, m_spec, devices.split, members);
    while (!m_group->loaded())
        m_group->loadNext();
    m_group->makeCache(
        {.pages = kSlots * kPagesPerSlot, .sequences = kSlots, .pagesPerSlot = kPagesPerSlot},
        StepLimits{.rows = 128, .outputs = 128}, devices.kvType);
    for (int slot = 0; slot < kSlots; ++slot) {
        std::vector<int> pages;
        for (int i = 0; i < kPagesPerSlot; ++i)
            pages.push_back(slot * kPagesPerSlot + i);
        setPages(slot, pages);
    }
}

std::vector<float> TinyRunner::run(const std::vector<StepRow>& rows)
{
    m_group->run(rows);
    const auto outputs = static_cast<size_t>(std::ranges::count_if(rows, &StepRow::output));
    std::vector<float> logits(outputs * static_cast<size_t>(m_spec.vocabulary));
    m_group->readLogits(logits);
    checkCandidates(logits);
    return logits;
}

/// In every step that a test computes.
void TinyRunner::checkCandidates(std::span<const float> logits)
{
    const auto vocabulary = static_cast<size_t>(m_spec.vocabulary);
    std::vector<Candidates> found(logits.size() / vocabulary);
    m_group->readCandidates(found);
    for (size_t row = 0; row < found.size(); ++row) {
        const Candidates expected = likeliestOf(logits.subspan(row * vocabulary, vocabulary));
        if (!found[row].finite ||
            !std::ranges::equal(found[row].known(), expected.known(), [](auto& a, auto& b) {
                return a.logit == b.logit && a.token == b.token;
            }))
            throw std::runtime_error("The candidates of row " + std::to_string(row) +
                                     " are not those of its logits");
    }
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
