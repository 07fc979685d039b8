#include "inference/model/loaded_model.h"

#include "inference/architectures/architecture.h"
#include "inference/model/rope_scaling.h"
#include "inference/model_files/quantisation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace inglenook {

namespace {

/// Rows of the widest step: enough for a GPU to be busy, few enough for little scratch memory.
constexpr int kWidestStep = 512;

/// All that the stored keys and values depend on besides the tokens.
std::string cacheKeyOf(const ModelFile& file, const ModelSpec& spec, KvType type)
{
    constexpr int kLayoutVersion = 1;
    std::string key = std::string(name(type)) + " pages " + std::to_string(kLayoutVersion) + "\n" +
        spec.architecture + "\n" + std::to_string(file.fileBytes()) + "\n";
    constexpr size_t kSample = 256;
    for (const ModelArray& array : file.arrays()) {
        key += array.name + " " + array.typeName + " " + std::to_string(array.byteCount) + "\n";
        const auto sample = array.bytes.first(std::min(kSample, array.bytes.size()));
        key.append(reinterpret_cast<const char*>(sample.data()), sample.size());
    }
    for (const RopeSpec& rope : spec.ropes)
        key += describeRotation(rope) + "\n";
    return key;
}

/// The type of cache that was asked for.
KvType kvTypeOf(const std::string& text, const ModelSpec& spec)
{
    if (text == "auto")
        return KvType::F16;
    const std::optional<KvType> type = parseKvType(text);
    if (!type)
        throw std::runtime_error("\"" + text +
                                 "\" is no type of cache: choose auto, f16, q8_0 or q4.");
    for (const LayerSpec& layer : spec.layers)
        if (!canKeep(*type, layer.attention.headSize))
            throw std::runtime_error(
                "The cache of this model cannot be kept as " + text + ": its heads have " +
                std::to_string(layer.attention.headSize) + " elements, no multiple of " +
                std::to_string(kKvHeadUnit) + ". Choose f16.");
    return *type;
}

/// What was asked of each of these devices, once each.
std::vector<DeviceInfo> describeDevices(const std::vector<DeviceId>& ids)
{
    std::vector<DeviceInfo> infos;
    for (const DeviceId id : ids)
        if (std::ranges::find(infos, id, &DeviceInfo::id) == infos.end())
            infos.push_back(describeDevice(id));
    return infos;
}

bool connects(const LinkFigures& link, const std::vector<DeviceId>& devices)
{
    const auto has = [&](const std::string& name) {
        return std::ranges::any_of(devices, [&](DeviceId id) { return toString(id) == name; });
    };
    return has(link.first) && has(link.second);
}

/// The median time of a step of one row.
double stepSeconds(DeviceGroup& group)
{
    constexpr int kTimes = 5;
    const StepRow row{.position = -1, .output = true};
    std::vector<double> seconds;
    for (int i = 0; i < kTimes; ++i) {
        const auto start = std::chrono::steady_clock::now();
        group.run({&row, 1});
        group.wait();
        seconds.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::sort(seconds);
    return seconds[kTimes / 2];
}

} // namespace

ModelLoading::ModelLoading(const LoadRequest& request, OpenDevice open)
    : m_request(request)
    , m_open(std::move(open))
    , m_model(std::make_unique<LoadedModel>())
{
    m_request.sequences = std::clamp(request.sequences, 1, kDecodeRows);
    if (request.contextTokens < 0)
        m_request.contextTokens = 0;
}

ModelLoading::~ModelLoading() = default;

void ModelLoading::advance()
{
    try {
        work();
    } catch (const CannotBeSplit& error) {
        goOnElsewhere(error.what(), false);
    } catch (const std::bad_alloc&) {
        goOnElsewhere("There is not enough memory.");
    } catch (const std::runtime_error& error) {
        goOnElsewhere(error.what());
    }
}

/// After a failure: goes on with the next best placement and notes why; where there is none, throws
/// the sentence, and names another device if one has room.
void ModelLoading::goOnElsewhere(const std::string& why, bool advise)
{
    if (m_stage < Stage::Plan)
        throw std::runtime_error(why);
    m_model->pages.reset();
    m_model->group.reset();
    if (m_chosen + 1 < m_placements.size()) {
        note(m_placements[m_chosen].text() + " was passed over: " + why);
        m_warmUps = 0;
        ++m_chosen;
        m_stage = Stage::Plan;
        return;
    }
    const std::string elsewhere =
        m_wish.devices.empty() || !advise ? std::string() : roomElsewhere(planned(), m_figures);
    throw std::runtime_error(elsewhere.empty() ? why : why + " " + elsewhere);
}

void ModelLoading::work()
{
    switch (m_stage) {
    case Stage::File:
        return readFile();
    case Stage::Text:
        return readText();
    case Stage::Pairing:
        return pair();
    case Stage::Choice:
        return choose();
    case Stage::Figures:
        return gatherFigures();
    case Stage::Ranking:
        return rank();
    case Stage::Plan:
        return plan();
    case Stage::Weights:
        return loadWeight();
    case Stage::Cache:
        return makeCache();
    case Stage::CacheMemory:
        if (m_model->group->claimCache())
            m_stage = Stage::WarmUp;
        return;
    case Stage::WarmUp:
        return warmUp();
    case Stage::Draft:
        return loadDraft();
    case Stage::Finished:
        return;
    }
}

void ModelLoading::readFile()
{
    m_model->file = openModelFile(m_request.path);
    m_model->spec = readModelSpec(*m_model->file);
    applyRopeChoice(m_model->spec, readRopeChoice(m_request.rope));
    m_model->facts.weightBytes = WeightLoader(*m_model->file, m_model->spec).totalBytes();

    const ModelFile& file = *m_model->file;
    ModelLoaded& facts = m_model->facts;
    facts.path = m_request.path;
    facts.name = modelName(file);
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
    m_model->speculates = m_request.draft != "none";
    m_pairing = std::make_unique<DraftPairing>(*m_model->file, m_request.draft);
    m_stage = Stage::Pairing;
}

void ModelLoading::pair()
{
    if (!m_pairing->finished())
        return m_pairing->advance();
    note(m_pairing->refusal());
    m_stage = Stage::Choice;
}

/// Adds to what the user should know.
void ModelLoading::note(const std::string& sentence)
{
    std::string& text = m_model->facts.note;
    text += (text.empty() || sentence.empty() ? "" : " ") + sentence;
}

PlannedModel ModelLoading::planned() const
{
    return {.file = *m_model->file,
            .spec = m_model->spec,
            .limits = m_limits,
            .wish = {.contextTokens = m_request.contextTokens,
                     .sequences = m_request.sequences,
                     .modelContext = m_model->spec.context},
            .kvType = m_kvType};
}

void ModelLoading::choose()
{
    m_kvType = kvTypeOf(m_request.kvType, m_model->spec);
    m_limits = {.rows = std::clamp(m_model->spec.context, kDecodeRows, kWidestStep),
                .outputs = kDecodeRows};
    m_figures = readMachineFigures(machineFiguresPath(m_request.cacheFolder));
    m_wish = readPlacementWish(m_request.device, m_request.split);
    m_devices = m_wish.devices.empty() ? listDevices() : describeDevices(m_wish.devices);
    // Shares follow the devices' speed: what was not measured yet is measured now, once.
    const std::vector<DeviceInfo> candidates =
        m_wish.devices.empty() ? cardsOf(m_devices) : m_devices;
    if (candidates.size() > 1 && m_wish.shares.empty() && !m_request.cacheFolder.empty())
        m_gathering.emplace(candidates, m_figures);
    m_stage = Stage::Figures;
}

void ModelLoading::gatherFigures()
{
    if (m_gathering && !m_gathering->finished()) {
        m_gathering->measureNext(m_figures);
        if (m_gathering->finished())
            keepFigures();
    } else {
        m_stage = Stage::Ranking;
    }
}

/// A folder that cannot be written to is no reason not to load a model.
void ModelLoading::keepFigures() const
{
    try {
        if (!m_request.cacheFolder.empty())
            writeMachineFigures(machineFiguresPath(m_request.cacheFolder), m_figures);
    } catch (const std::runtime_error&) {
    }
}

void ModelLoading::rank()
{
    const ModelSize size = sizeOf(planned());
    if (m_wish.split == Split::Experts && size.expertLayers == 0) {
        // a lasting wish of somebody who swaps models
        note("This model has no experts to keep apart: it is placed by speed.");
        m_wish.split.reset();
        m_wish.shares.clear();
    }
    m_placements = placements(size, m_devices, m_figures, m_wish);
    const bool oneOfSeveral =
        m_wish.devices.size() > 1 && m_placements.front().split == Split::None;
    if (oneOfSeveral)
        note(toString(m_placements.front().devices.front()) + " alone is faster than all of " +
             m_request.device + " together.");
    m_stage = Stage::Plan;
}

void ModelLoading::plan()
{
    const Placement& placement = m_placements[m_chosen];
    PlacementPlan plan = planBesideDraft();
    for (RopeSpec& rope : m_model->spec.ropes)
        settleRope(rope, plan.memory.contextTokens);
    const auto processors = std::ranges::count(placement.devices, DeviceKind::Cpu, &DeviceId::kind);
    const BackendOptions options{.threads = m_request.threads,
                                 .sharers =
                                     static_cast<int>(std::max<std::ptrdiff_t>(1, processors)),
                                 .cacheFolder = m_request.cacheFolder};
    std::vector<DeviceGroup::Device> devices;
    m_backends.clear();
    for (ModelSlice& slice : plan.slices) {
        m_backends.push_back(m_open(placement.devices[devices.size()], options));
        devices.push_back({.backend = m_backends.back(), .slice = std::move(slice)});
    }
    m_model->group =
        std::make_unique<DeviceGroup>(*m_model->file, m_model->spec, placement.split, devices);
    m_pages = plan.memory.pages;
    m_windowPages = plan.memory.windowPages;
    m_model->facts.device = m_model->group->name();
    m_model->facts.contextTokens = plan.memory.contextTokens;
    m_model->facts.cacheBytes = plan.memory.cacheBytes;
    m_stage = Stage::Weights;
}

/// Plans the model and leaves room for its draft on the fastest device, or leaves the draft out
/// where there is no room for both.
PlacementPlan ModelLoading::planBesideDraft()
{
    const Placement& placement = m_placements[m_chosen];
    if (!m_pairing->found())
        return planPlacement(placement, planned(), m_devices);
    const ModelFile& draft = *m_pairing->found();
    const ModelSpec spec = readModelSpec(draft);
    const uint64_t bytes = bytesOf({.file = draft,
                                    .spec = spec,
                                    .limits = m_limits,
                                    .wish = {.contextTokens = m_request.contextTokens,
                                             .sequences = m_request.sequences,
                                             .modelContext = spec.context}});
    std::vector<DeviceInfo> devices = m_devices;
    m_draftDevice = fastestDevice(placement.devices, m_devices, m_figures);
    DeviceInfo& device = *std::ranges::find(devices, m_draftDevice, &DeviceInfo::id);
    device.memoryFree -= std::min(bytes, device.memoryFree);
    try {
        return planPlacement(placement, planned(), devices);
    } catch (const std::runtime_error&) {
        note(modelName(draft) + " does not draft: beside it the model does not fit.");
        m_pairing = std::make_unique<DraftPairing>(*m_model->file, "none");
        return planPlacement(placement, planned(), m_devices);
    }
}

void ModelLoading::loadWeight()
{
    m_model->group->loadNext();
    if (m_model->group->loaded())
        m_stage = Stage::Cache;
}

void ModelLoading::makeCache()
{
    LoadedModel& model = *m_model;
    const int pagesPerSlot = (model.facts.contextTokens + kPageTokens - 1) / kPageTokens;
    model.group->makeCache({.pages = m_pages,
                            .windowPages = m_windowPages,
                            .sequences = m_request.sequences,
                            .pagesPerSlot = pagesPerSlot},
                           m_limits, m_kvType);
    WindowPages::Size window = windowSizeOf(model.spec, m_limits.rows);
    window.pages = m_windowPages;
    model.pages = std::make_unique<PagePool>(
        m_pages, rootName(cacheKeyOf(*model.file, model.spec, m_kvType)), window);
    m_stage = Stage::CacheMemory;
}

/// Computes steps of empty rows, one of each kind that the first question needs, so that what a
/// device prepares at first use is ready by then. A processor prepares nothing, and would compute
/// many rows for longer than a load may take to be given up.
void ModelLoading::warmUp()
{
    static constexpr int kRows[] = {1, kDecodeRows, kDecodeRows + 1};
    const bool prepares = std::ranges::any_of(
        m_placements[m_chosen].devices, [](DeviceId id) { return id.kind != DeviceKind::Cpu; });
    const size_t kinds = prepares ? std::size(kRows) : 1;
    const int rows = std::min(kRows[m_warmUps], m_limits.rows);
    std::vector<StepRow> empty(static_cast<size_t>(rows), StepRow{.position = -1});
    empty.front().output = true;
    m_model->group->run(empty);
    m_model->group->wait();
    if (++m_warmUps < kinds)
        return;
    checkSpeed();
    m_stage = Stage::Draft;
}

/// A draft that cannot be loaded is no reason not to have the model.
void ModelLoading::loadDraft()
{
    if (!m_pairing->found()) {
        m_stage = Stage::Finished;
        return;
    }
    try {
        if (!m_draft)
            return beginDraft();
        m_draft->advance();
        if (!m_draft->finished())
            return;
        m_model->draft = m_draft->take();
        m_model->facts.draftPath = m_model->draft->facts.path;
        m_model->facts.draftName = m_model->draft->facts.name;
    } catch (const std::exception& error) {
        note(modelName(*m_pairing->found()) + " does not draft: " + error.what());
    }
    m_draft.reset();
    m_stage = Stage::Finished;
}

/// On a device that the model has for itself the draft takes turns with it, in one queue of work
/// and with one set of threads; a device that is one of several belongs to its thread.
void ModelLoading::beginDraft()
{
    LoadRequest request = m_request;
    request.path = m_pairing->found()->path();
    request.device = toString(m_draftDevice);
    request.split = "auto";
    request.contextTokens = m_model->facts.contextTokens;
    request.draft = "none";
    OpenDevice open = m_open;
    if (m_backends.size() == 1)
        open = [backend = m_backends.front()](const DeviceId&, const BackendOptions&) {
            return backend;
        };
    m_draft = std::make_unique<ModelLoading>(request, std::move(open));
}

/// Several devices at once were chosen because figures promised it. If their first steps show that
/// one device alone would be faster, that one is used, and what was learned of the link is kept.
void ModelLoading::checkSpeed()
{
    const Placement& placement = m_placements[m_chosen];
    if (placement.split != Split::Tensors || m_wish.split)
        return;
    const auto single = std::ranges::find_if(
        m_placements, [](const Placement& p) { return p.split == Split::None && p.fits; });
    const double seconds = stepSeconds(*m_model->group);
    if (single == m_placements.end() || seconds <= single->secondsPerToken)
        return;
    const double late = (seconds - placement.secondsPerToken) /
        static_cast<double>(2 * m_model->spec.layers.size() + 1);
    for (LinkFigures& link : m_figures.links)
        if (connects(link, placement.devices))
            link.exchangeSeconds += late;
    keepFigures();
    throw std::runtime_error("one device alone is faster.");
}

float ModelLoading::fraction() const
{
    if (m_stage == Stage::Finished)
        return 1.f;
    if (m_stage < Stage::Weights)
        return 0.f;
    return 0.99f * m_model->group->loadedFraction();
}

std::unique_ptr<LoadedModel> ModelLoading::take()
{
    return std::move(m_model);
}

} // namespace inglenook
