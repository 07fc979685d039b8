#include "inference/model/loaded_model.h"

#include "inference/architectures/architecture.h"
#include "inference/memory/memory_plan.h"
#include "inference/model/device_choice.h"
#include "inference/model_files/quantisation.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace inglenook {

namespace {

/// Rows of the widest step: enough for a GPU to be busy, few enough for little scratch memory.
constexpr int kWidestStep = 512;

/// All that the stored keys and values depend on besides the tokens.
std::string cacheKeyOf(const ModelFile& file, const ModelSpec& spec)
{
    constexpr int kLayoutVersion = 1;
    std::string key = "f16 pages " + std::to_string(kLayoutVersion) + "\n" + spec.architecture +
        "\n" + std::to_string(file.fileBytes()) + "\n";
    constexpr size_t kSample = 256;
    for (const ModelArray& array : file.arrays()) {
        key += array.name + " " + array.typeName + " " + std::to_string(array.byteCount) + "\n";
        const auto sample = array.bytes.first(std::min(kSample, array.bytes.size()));
        key.append(reinterpret_cast<const char*>(sample.data()), sample.size());
    }
    for (const RopeSpec& rope : spec.ropes)
        key += std::to_string(rope.base) + " " + std::to_string(rope.factor) + " " +
            std::to_string(rope.magnitude) + "\n";
    return key;
}

} // namespace

ModelLoading::ModelLoading(const LoadRequest& request)
    : m_request(request)
    , m_model(std::make_unique<LoadedModel>())
{
    m_request.sequences = std::clamp(request.sequences, 1, kDecodeRows);
    if (request.contextTokens < 0)
        m_request.contextTokens = 0;
}

ModelLoading::~ModelLoading() = default;

void ModelLoading::advance()
{
    switch (m_stage) {
    case Stage::File:
        return readFile();
    case Stage::Text:
        return readText();
    case Stage::Plan:
        return plan();
    case Stage::Weights:
        return loadWeight();
    case Stage::Cache:
        return makeCache();
    case Stage::WarmUp:
        return warmUp();
    case Stage::Finished:
        return;
    }
}

void ModelLoading::readFile()
{
    m_model->file = openModelFile(m_request.path);
    m_model->spec = readModelSpec(*m_model->file);
    m_weights = std::make_unique<WeightLoader>(*m_model->file, m_model->spec);

    const ModelFile& file = *m_model->file;
    ModelLoaded& facts = m_model->facts;
    facts.path = m_request.path;
    facts.name = file.metadata().text("general.name").value_or("");
    if (facts.name.empty())
        facts.name = std::filesystem::path(m_request.path).stem().string();
    facts.architecture = m_model->spec.architecture;
    facts.quantisation = quantisationName(file);
    for (const ModelArray& array : file.arrays())
        facts.parameters += array.rows * array.cols;
    m_stage = Stage::Text;
}

void ModelLoading::readText()
{
    const Metadata& metadata = m_model->file->metadata();
    m_model->tokenizer = createTokenizer(metadata);
    if (m_model->tokenizer->size() != m_model->spec.vocabulary)
        throw std::runtime_error(
            "The model in \"" + m_request.path + "\" cannot be used: its vocabulary has " +
            std::to_string(m_model->tokenizer->size()) + " tokens, but its weights are for " +
            std::to_string(m_model->spec.vocabulary) + ". Download the file again.");
    if (const auto source = metadata.text("tokenizer.chat_template"))
        m_model->chatTemplate.emplace(*source);
    m_stage = Stage::Plan;
}

void ModelLoading::plan()
{
    const ModelSpec& spec = m_model->spec;
    m_limits = {.rows = std::clamp(spec.context, kDecodeRows, kWidestStep), .outputs = kDecodeRows};
    const MemoryNeeds needs{.weightBytes = m_weights->totalBytes(),
                            .bytesPerPage = KvCache::bytesPerPage(spec),
                            .scratchBytes = Decoder::bytes(spec, m_limits),
                            .modelContext = spec.context};
    const ChosenDevice device =
        chooseDevice(m_request.device, needs.weightBytes + needs.scratchBytes);
    const MemoryPlan plan = planMemory(
        needs, {.contextTokens = m_request.contextTokens, .sequences = m_request.sequences},
        device.freeBytes, toString(device.id));
    m_pages = plan.pages;
    m_model->backend = createBackend(
        device.id, {.threads = m_request.threads, .cacheFolder = m_request.cacheFolder});
    m_model->facts.device = m_model->backend->name();
    m_model->facts.contextTokens = plan.contextTokens;
    m_model->facts.cacheBytes = plan.cacheBytes;
    m_model->facts.weightBytes = needs.weightBytes;
    m_stage = Stage::Weights;
}

void ModelLoading::loadWeight()
{
    m_weights->loadNext(*m_model->backend);
    if (!m_weights->finished())
        return;
    m_model->weights = m_weights->take();
    m_stage = Stage::Cache;
}

void ModelLoading::makeCache()
{
    LoadedModel& model = *m_model;
    const int pagesPerSlot = (model.facts.contextTokens + kPageTokens - 1) / kPageTokens;
    model.cache = std::make_unique<KvCache>(*model.backend, model.spec, m_pages,
                                            m_request.sequences, pagesPerSlot);
    model.decoder = std::make_unique<Decoder>(*model.backend, model.spec, model.weights,
                                              *model.cache, m_limits);
    model.pages =
        std::make_unique<PagePool>(m_pages, rootName(cacheKeyOf(*model.file, model.spec)));
    m_stage = Stage::WarmUp;
}

/// Computes steps of empty rows, one of each kind that the first question needs, so that what a
/// device prepares at first use is ready by then.
void ModelLoading::warmUp()
{
    static constexpr int kRows[] = {1, kDecodeRows, kDecodeRows + 1};
    const int rows = std::min(kRows[m_warmUps], m_limits.rows);
    std::vector<StepRow> empty(static_cast<size_t>(rows), StepRow{.position = -1});
    empty.front().output = true;
    m_model->decoder->run(empty);
    m_model->decoder->wait();
    if (++m_warmUps == std::size(kRows))
        m_stage = Stage::Finished;
}

float ModelLoading::fraction() const
{
    if (m_stage == Stage::Finished)
        return 1.f;
    if (m_stage < Stage::Weights || !m_weights || m_weights->totalBytes() == 0)
        return 0.f;
    return 0.99f * static_cast<float>(m_weights->loadedBytes()) /
        static_cast<float>(m_weights->totalBytes());
}

std::unique_ptr<LoadedModel> ModelLoading::take()
{
    m_weights.reset();
    return std::move(m_model);
}

} // namespace inglenook
