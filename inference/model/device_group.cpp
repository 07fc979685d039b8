#include "inference/model/device_group.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <mutex>
#include <stdexcept>

namespace inglenook {

namespace {

void checkPageBytes(size_t bytes, size_t needed)
{
    if (bytes != needed)
        throw std::invalid_argument("DeviceGroup: " + std::to_string(needed) +
                                    " bytes of a page do not fit into " + std::to_string(bytes));
}

std::vector<Backend*> backendsOf(const std::vector<DeviceGroup::Device>& devices)
{
    std::vector<Backend*> backends;
    for (const DeviceGroup::Device& device : devices)
        backends.push_back(device.backend.get());
    return backends;
}

} // namespace

/// One device and all that lies in its memory.
struct DeviceGroup::Member {
    ModelSpec spec; // of its slice
    ModelSlice slice;
    DecoderPart part;
    std::shared_ptr<Backend> backend; // destroyed after what holds its memory
    std::unique_ptr<WeightLoader> loader; // until all is loaded
    Weights weights;
    std::unique_ptr<KvCache> cache;
    std::unique_ptr<Decoder> decoder;
    std::vector<Candidates> candidates; // of its words
    std::vector<float> logits; // likewise
    std::vector<std::byte> page; // of one of its layers, on its way
    double readBandwidth = 0.; // as last measured
};

DeviceGroup::DeviceGroup(const ModelFile& file, const ModelSpec& spec, Split split,
                         const std::vector<Device>& devices)
    : m_spec(spec)
    , m_split(split)
{
    assert(!devices.empty() && (split == Split::None) == (devices.size() == 1));
    if (split == Split::Tensors || split == Split::Experts)
        m_collective = makeCollective(backendsOf(devices));
    for (const Device& device : devices) {
        auto member = std::make_unique<Member>();
        member->spec = specOf(spec, device.slice);
        member->slice = device.slice;
        member->part = {.embeds = device.slice.embeds,
                        .hasHead = device.slice.hasHead,
                        .firstToken = device.slice.vocabulary.first};
        const auto rank = static_cast<int>(m_members.size());
        if (m_collective)
            member->part.group = &m_collective->member(rank);
        if (split == Split::Experts)
            member->part.listener = &m_collective->listener(rank);
        member->backend = device.backend;
        member->loader = std::make_unique<WeightLoader>(file, spec, device.slice);
        m_members.push_back(std::move(member));
    }
    for (size_t i = 1; i < m_members.size() && m_collective; ++i)
        m_threads.push_back(std::make_unique<DeviceThread>());
}

DeviceGroup::~DeviceGroup()
{
    m_threads.clear(); // before what they work on
}

void DeviceGroup::each(const std::function<void(Member&)>& work)
{
    if (m_threads.empty()) {
        for (const auto& member : m_members)
            work(*member);
        return;
    }
    // A member that fails leaves the others waiting for it: they are told.
    const auto guarded = [&](size_t i) {
        try {
            work(*m_members[i]);
        } catch (...) {
            m_collective->abandon();
            throw;
        }
    };
    std::vector<std::function<void()>> works;
    for (size_t i = 0; i < m_members.size(); ++i)
        works.emplace_back([&guarded, i] { guarded(i); });
    for (size_t i = 1; i < works.size(); ++i)
        m_threads[i - 1]->start(works[i]);
    std::vector<std::exception_ptr> failures(works.size());
    try {
        works[0]();
    } catch (...) {
        failures[0] = std::current_exception();
    }
    for (size_t i = 1; i < works.size(); ++i)
        failures[i] = m_threads[i - 1]->finish();
    rethrowCause(failures);
}

void DeviceGroup::rethrowCause(const std::vector<std::exception_ptr>& failures)
{
    if (std::ranges::all_of(failures, [](const auto& failure) { return !failure; }))
        return;
    std::exception_ptr consequence;
    for (const std::exception_ptr& failure : failures) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const GroupAbandoned&) {
            consequence = failure;
        } // any other leaves: it is the cause
    }
    std::rethrow_exception(consequence);
}

float DeviceGroup::loadedFraction() const
{
    uint64_t all = 0;
    uint64_t done = 0;
    for (const auto& member : m_members) {
        if (!member->loader)
            return 1.f;
        all += member->loader->totalBytes();
        done += member->loader->loadedBytes();
    }
    return static_cast<float>(done) / static_cast<float>(std::max<uint64_t>(1, all));
}

bool DeviceGroup::loaded() const
{
    return std::ranges::all_of(m_members, [](const auto& member) {
        return !member->loader || member->loader->finished();
    });
}

void DeviceGroup::loadNext()
{
    each([](Member& member) {
        if (!member.loader->finished())
            member.loader->loadNext(*member.backend);
    });
}

void DeviceGroup::makeCache(const CacheSize& size, StepLimits limits, KvType type)
{
    m_kvType = type;
    each([&](Member& member) {
        member.weights = member.loader->take();
        member.loader.reset();
        member.cache = std::make_unique<KvCache>(*member.backend, member.spec, size, type);
        member.decoder = std::make_unique<Decoder>(*member.backend, member.spec, member.weights,
                                                   *member.cache, limits, member.part);
    });
}

bool DeviceGroup::claimCache()
{
    bool all = true;
    for (const auto& member : m_members)
        all &= member->cache->claimNext();
    return all;
}

void DeviceGroup::fillCacheWithNoise()
{
    each([](Member& member) { member.cache->fillWithNoise(*member.backend); });
}

const StepLimits& DeviceGroup::limits() const
{
    return m_members.front()->decoder->limits();
}

int DeviceGroup::slots() const
{
    return m_members.front()->cache->slots();
}

void DeviceGroup::setPages(int slot, std::span<const int> pages, std::span<const int> windowPages)
{
    // Only bookkeeping, and a copy where something is new: not worth waking the threads.
    for (const auto& member : m_members)
        member->decoder->setPages(slot, pages, windowPages);
}

void DeviceGroup::run(std::span<const StepRow> rows)
{
    m_outputs = static_cast<int>(std::ranges::count_if(rows, &StepRow::output));
    if (m_split == Split::Layers)
        return runLayers(rows);
    each([&](Member& member) { member.decoder->run(rows); });
}

void DeviceGroup::runLayers(std::span<const StepRow> rows)
{
    for (size_t i = 0; i < m_members.size(); ++i) {
        m_members[i]->decoder->run(rows, m_residual);
        if (i + 1 == m_members.size())
            break;
        m_residual.resize(rows.size() * static_cast<size_t>(m_spec.dim));
        m_members[i]->decoder->readResidual(m_residual);
    }
}

void DeviceGroup::wait()
{
    each([](Member& member) { member.decoder->wait(); });
}

/// The one that has it, where only one has.
DeviceGroup::Member& DeviceGroup::withHead()
{
    return **std::ranges::find_if(m_members,
                                  [](const auto& member) { return member->part.hasHead; });
}

void DeviceGroup::readCandidates(std::span<Candidates> candidates)
{
    if (m_split != Split::Tensors)
        return withHead().decoder->readCandidates(candidates);
    each([&](Member& member) {
        member.candidates.resize(candidates.size());
        member.decoder->readCandidates(member.candidates);
        for (Candidates& row : member.candidates)
            for (Candidate& candidate : row.list)
                candidate.token += member.slice.vocabulary.first;
    });
    for (size_t row = 0; row < candidates.size(); ++row) {
        candidates[row] = m_members.front()->candidates[row];
        for (size_t i = 1; i < m_members.size(); ++i)
            candidates[row] = merged(candidates[row], m_members[i]->candidates[row]);
    }
}

void DeviceGroup::readLogits(std::span<float> logits)
{
    if (m_split != Split::Tensors)
        return withHead().decoder->readLogits(logits);
    const auto outputs = static_cast<size_t>(m_outputs);
    const auto all = static_cast<size_t>(m_spec.vocabulary);
    each([&](Member& member) {
        const auto words = static_cast<size_t>(member.spec.vocabulary);
        member.logits.resize(outputs * words);
        member.decoder->readLogits(member.logits);
        const auto first = static_cast<size_t>(member.slice.vocabulary.first);
        for (size_t row = 0; row < outputs; ++row)
            std::ranges::copy(std::span(member.logits).subspan(row * words, words),
                              logits.subspan(row * all + first, words).begin());
    });
}

size_t DeviceGroup::pageBytes() const
{
    return KvCache::bytesPerPage(m_spec, m_kvType);
}

/// Where a layer of the model begins in a page.
size_t DeviceGroup::layerOffset(size_t layer) const
{
    size_t offset = 0;
    for (size_t i = 0; i < layer; ++i)
        offset += kvPageBytes(m_spec.layers[i].attention.kvHeads,
                              m_spec.layers[i].attention.headSize, m_kvType);
    return offset;
}

/// Where what the member has of a layer lies in one piece, as its backend wants it, so that it need
/// not be put together.
std::optional<size_t> DeviceGroup::wholeLayerAt(const Member& member, size_t layer) const
{
    const size_t ofModel = static_cast<size_t>(member.slice.firstLayer) + layer;
    if (member.slice.layers[layer].kvHeads.count != m_spec.layers[ofModel].attention.kvHeads)
        return std::nullopt;
    return layerOffset(ofModel);
}

/// The page's number in a layer of the member; -1: it is not there.
int DeviceGroup::numberIn(const Member& member, size_t layer, PagePlace place)
{
    if (member.slice.layers[layer].kvHeads.count == 0)
        return -1;
    return member.cache->keepsWindow(layer) ? place.windowPage : place.page;
}

/// Calls copy(model, own, bytes) for the keys and the values of each KV head that the member has of
/// a layer (its own number): where they lie in a page of the whole model and in one of its own.
template <class Copy>
void DeviceGroup::eachPlane(const Member& member, size_t layer, Copy copy) const
{
    const size_t layerOfModel = static_cast<size_t>(member.slice.firstLayer) + layer;
    const size_t offset = layerOffset(layerOfModel);
    const AttentionShape& all = m_spec.layers[layerOfModel].attention;
    const Range own = member.slice.layers[layer].kvHeads;
    const size_t plane = kvPlaneBytes(all.headSize, m_kvType);
    for (int half = 0; half < 2; ++half) // keys, values
        for (int head = 0; head < own.count; ++head)
            copy(offset + static_cast<size_t>(half * all.kvHeads + own.first + head) * plane,
                 static_cast<size_t>(half * own.count + head) * plane, plane);
}

void DeviceGroup::readPage(std::span<std::byte> to, PagePlace from)
{
    checkPageBytes(to.size(), pageBytes());
    each([&](Member& member) {
        for (size_t layer = 0; layer < member.spec.layers.size(); ++layer) {
            const AttentionShape& shape = member.spec.layers[layer].attention;
            const auto ofModel = static_cast<size_t>(member.slice.firstLayer) + layer;
            const int page = numberIn(member, layer, from);
            // All devices hold the same of a single KV head: the first tells it.
            const bool told = m_split == Split::Tensors && &member != m_members.front().get() &&
                m_spec.layers[ofModel].attention.kvHeads == 1;
            if (told || page < 0)
                continue;
            const size_t each = kvPageBytes(shape.kvHeads, shape.headSize, m_kvType);
            if (const auto at = wholeLayerAt(member, layer)) {
                member.decoder->readPages(to.subspan(*at, each), layer, {&page, 1});
                continue;
            }
            member.page.resize(each);
            member.decoder->readPages(member.page, layer, {&page, 1});
            eachPlane(member, layer, [&](size_t model, size_t own, size_t bytes) {
                std::memcpy(&to[model], &member.page[own], bytes);
            });
        }
    });
}

void DeviceGroup::writePage(PagePlace to, std::span<const std::byte> from)
{
    checkPageBytes(from.size(), pageBytes());
    each([&](Member& member) {
        for (size_t layer = 0; layer < member.spec.layers.size(); ++layer) {
            const AttentionShape& shape = member.spec.layers[layer].attention;
            const int page = numberIn(member, layer, to);
            if (page < 0)
                continue;
            const size_t each = kvPageBytes(shape.kvHeads, shape.headSize, m_kvType);
            if (const auto at = wholeLayerAt(member, layer)) {
                member.decoder->writePages(layer, {&page, 1}, from.subspan(*at, each));
                continue;
            }
            member.page.resize(each);
            eachPlane(member, layer, [&](size_t model, size_t own, size_t bytes) {
                std::memcpy(&member.page[own], &from[model], bytes);
            });
            member.decoder->writePages(layer, {&page, 1}, member.page);
        }
    });
}

bool DeviceGroup::pageIsFinite(std::span<const std::byte> page) const
{
    for (const LayerSpec& layer : m_spec.layers) {
        const int headSize = layer.attention.headSize;
        const size_t plane = kvPlaneBytes(headSize, m_kvType);
        for (int i = 0; i < 2 * layer.attention.kvHeads; ++i, page = page.subspan(plane))
            if (!planeIsFinite(m_kvType, headSize, page.first(plane)))
                return false;
    }
    return true;
}

void DeviceGroup::copyPage(PagePlace from, PagePlace to)
{
    m_page.resize(pageBytes());
    readPage(m_page, from);
    writePage(to, m_page);
}

int DeviceGroup::recordings() const
{
    return m_members.front()->decoder->recordings();
}

std::string DeviceGroup::name() const
{
    std::string names;
    for (const auto& member : m_members)
        names += (names.empty() ? "" : " + ") + member->backend->name();
    return names;
}

uint64_t DeviceGroup::bytesPerToken() const
{
    uint64_t sum = 0;
    for (const auto& member : m_members)
        sum += member->weights.bytesPerToken();
    return sum;
}

double DeviceGroup::measureReadBandwidth()
{
    // Those that compute at once are measured at once, as they may share a memory; others in turn.
    std::mutex turn;
    each([&](Member& member) {
        std::unique_lock lock(turn, std::defer_lock);
        if (m_split != Split::Tensors)
            lock.lock();
        member.readBandwidth = member.backend->measureReadBandwidth();
    });
    double together = 0.;
    double seconds = 0.; // of devices that read one after another
    for (const auto& member : m_members) {
        if (member->readBandwidth <= 0.)
            return 0.;
        together += member->readBandwidth;
        seconds += static_cast<double>(member->weights.bytesPerToken()) / member->readBandwidth;
    }
    return m_split == Split::Tensors ? together : static_cast<double>(bytesPerToken()) / seconds;
}

} // namespace inglenook
