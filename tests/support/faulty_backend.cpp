#include "tests/support/faulty_backend.h"

#include "kernels/devices.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <new>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace inglenook {

namespace {

class FaultyBackend final : public Backend {
public:
    explicit FaultyBackend(Fault fault)
        : m_fault(fault)
    {
    }
    /// Without a fault, but with an end.
    FaultyBackend(int reads, size_t bytes)
        : m_fault(Fault::None)
        , m_readsLeft(reads)
        , m_bytesLeft(bytes)
    {
    }

    std::string name() const override { return "faulty"; }

    std::shared_ptr<Buffer> allocate(size_t bytes) override;
    std::unique_ptr<WeightLoading> beginLoad(std::span<const WeightPart> parts, int in) override
    {
        for (const WeightPart& part : parts)
            take(part.rows.size());
        return m_inner->beginLoad(parts, in);
    }
    void write(const Tensor& to, std::span<const std::byte> from) override
    {
        m_inner->write(to, from);
    }
    void read(std::span<std::byte> to, const Tensor& from) override
    {
        if (m_readsLeft-- <= 0)
            throw std::runtime_error("The device was lost.");
        m_inner->read(to, from);
    }

    void readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                   const AttentionShape& shape) override
    {
        if (m_readsLeft-- <= 0)
            throw std::runtime_error("The device was lost.");
        m_inner->readPages(to, kv, numbered(pages), shape);
        if (makes(Fault::PagesByToken))
            std::ranges::copy(transposed(to, shape, true), to.begin());
    }
    void writePages(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape,
                    std::span<const std::byte> from) override
    {
        m_inner->writePages(kv, numbered(pages), shape,
                            makes(Fault::PagesByToken) ? transposed(from, shape, false)
                                                       : std::vector(from.begin(), from.end()));
    }

    std::unique_ptr<Recording> record(const std::function<void()>& step) override
    {
        return m_inner->record(step);
    }
    void replay(Recording& recording) override
    {
        if (m_fault != Fault::ReplaysOldInputs)
            m_inner->replay(recording);
    }

    void embed(Tensor y, const Weight& table, Tensor ids, float scale) override;
    void rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps) override
    {
        m_inner->rmsNorm(y, x, weight, m_fault == Fault::IgnoredEps ? 0.f : eps);
    }
    void matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias) override;
    void rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                        const AttentionShape& shape, const StepInputs& in) override;
    void attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                   const StepInputs& in, const Weight& sinks) override;
    void glu(Tensor y, Tensor gateUp, Activation activation) override;
    void add(Tensor x, Tensor y) override;
    void gatherRows(Tensor y, Tensor x, Tensor rows) override;
    void softcap(Tensor x, float cap) override { m_inner->softcap(x, cap); }
    void topCandidates(Tensor found, Tensor logits) override;
    void routeExperts(Tensor ids, Tensor weights, Tensor logits) override;
    void expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                      const Weight& bias) override;
    void weightedSum(Tensor y, Tensor x, Tensor weights) override
    {
        const std::vector<float> ones(static_cast<size_t>(weights.rows * weights.cols), 1.f);
        m_inner->weightedSum(y, x, makes(Fault::UnweightedSum) ? copy(weights, ones) : weights);
    }
    void allReduce(Tensor x, GroupMember& self) override
    {
        m_inner->allReduce(makes(Fault::StaleSum) ? copy(x, values(x)) : x, self);
    }
    void addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps) override;
    void matmulGlu(Tensor gateUp, Tensor x, const Weight& w, Activation activation) override;

private:
    bool makes(Fault fault) const { return m_fault == fault; }
    void take(size_t bytes)
    {
        if (bytes > m_bytesLeft)
            throw std::bad_alloc();
        m_bytesLeft -= bytes;
    }

    std::vector<float> values(const Tensor& t)
    {
        std::vector<float> all(static_cast<size_t>(t.rows * t.cols));
        m_inner->read(std::as_writable_bytes(std::span(all)), t);
        return all;
    }

    std::vector<int32_t> numbers(const Tensor& t)
    {
        std::vector<int32_t> all(static_cast<size_t>(t.rows * t.cols));
        m_inner->read(std::as_writable_bytes(std::span(all)), t);
        return all;
    }

    template <class T> void overwrite(const Tensor& t, const std::vector<T>& all)
    {
        m_inner->write(t, std::as_bytes(std::span(all)));
    }

    /// A tensor of the same size with other values.
    template <class T> Tensor copy(const Tensor& of, const std::vector<T>& all)
    {
        m_buffers.push_back(m_inner->allocate(std::max<size_t>(all.size(), 1) * 4));
        const Tensor t = wholeTensor(*m_buffers.back(), of.rows, of.cols, of.type);
        overwrite(t, all);
        return t;
    }

    [[nodiscard]] std::vector<int> numbered(std::span<const int> pages) const
    {
        std::vector<int> all(pages.begin(), pages.end());
        if (makes(Fault::PagesInOrder))
            std::iota(all.begin(), all.end(), 0);
        return all;
    }
    static std::vector<std::byte> transposed(std::span<const std::byte> pages,
                                             const AttentionShape& shape, bool byToken);

    Tensor coarse(const Tensor& x);
    KvPages shifted(const KvPages& kv);
    Tensor withHeadsInTurns(const Tensor& qkv, const AttentionShape& shape, bool back);

    Fault m_fault;
    int m_readsLeft = std::numeric_limits<int>::max();
    size_t m_bytesLeft = std::numeric_limits<size_t>::max();
    std::unique_ptr<Backend> m_inner = createBackend({DeviceKind::Reference, 0});
    std::vector<std::shared_ptr<Buffer>> m_buffers;
};

std::shared_ptr<Buffer> FaultyBackend::allocate(size_t bytes)
{
    take(bytes);
    std::shared_ptr<Buffer> buffer = m_inner->allocate(bytes);
    const int count = static_cast<int>(bytes / 4);
    if (makes(Fault::FilledMemory) && count > 0)
        overwrite(wholeTensor(*buffer, 1, count), std::vector<float>(bytes / 4, 1.f));
    return buffer;
}

void FaultyBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    std::vector<int32_t> all = numbers(ids);
    if (makes(Fault::ClampedIds))
        for (int32_t& id : all)
            id = std::clamp(id, 0, table.out - 1);
    m_inner->embed(y, table, makes(Fault::ClampedIds) ? copy(ids, all) : ids, scale);
}

/// Heads of tokens in the other of the orders (KV head, token) and (token, KV head).
std::vector<std::byte> FaultyBackend::transposed(std::span<const std::byte> pages,
                                                 const AttentionShape& shape, bool byToken)
{
    const auto bytes = static_cast<size_t>(shape.headSize) * 2;
    const auto heads = static_cast<size_t>(shape.kvHeads);
    const size_t outer = byToken ? kPageTokens : heads; // of the result
    const size_t inner = byToken ? heads : kPageTokens;
    std::vector<std::byte> all;
    for (size_t first = 0; first < pages.size(); first += heads * kPageTokens * bytes)
        for (size_t i = 0; i < outer; ++i)
            for (size_t j = 0; j < inner; ++j) {
                const auto from = pages.subspan(first + (j * outer + i) * bytes, bytes);
                all.insert(all.end(), from.begin(), from.end());
            }
    return all;
}

/// x as a backend might round it.
Tensor FaultyBackend::coarse(const Tensor& x)
{
    std::vector<float> all = values(x);
    for (size_t first = 0; first < all.size(); first += 32) {
        const std::span block =
            std::span(all).subspan(first, std::min<size_t>(32, all.size() - first));
        float greatest = 1e-30f;
        for (const float v : block)
            greatest = std::max(greatest, std::fabs(v));
        for (float& v : block)
            v = makes(Fault::HalfInputs) ? halfToFloat(floatToHalf(v))
                                         : std::nearbyint(v / greatest * 31) * greatest / 31;
    }
    return copy(x, all);
}

void FaultyBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    const bool coarseX = makes(Fault::HalfInputs) || makes(Fault::SixBitInputs);
    m_inner->matmul(y, coarseX ? coarse(x) : x, w, makes(Fault::IgnoredBias) ? Weight() : bias);
    const bool changesY =
        makes(Fault::OneElementOff) || makes(Fault::RowsDependOnCount) || makes(Fault::LostBit);
    if (y.rows == 0 || !changesY)
        return;
    std::vector<float> all = values(y);
    if (makes(Fault::OneElementOff))
        all.back() += 0.1f;
    if (makes(Fault::RowsDependOnCount) && y.rows > 4)
        all.front() = std::nextafter(all.front(), 0.f);
    if (makes(Fault::LostBit)) { // element 5 of output 0
        std::vector<float> less = values(x);
        for (int r = 0; r < x.rows; ++r)
            less[static_cast<size_t>(r * x.cols + 5)] = 0.f;
        const Tensor result = copy(y, all);
        m_inner->matmul(result, copy(x, less), w, bias);
        const std::vector<float> without = values(result);
        for (int r = 0; r < y.rows; ++r)
            all[static_cast<size_t>(r * y.cols)] = without[static_cast<size_t>(r * y.cols)];
    }
    overwrite(y, all);
}

void FaultyBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    const std::vector<float> gates = values(gateUp.columns(0, y.cols));
    const std::vector<float> ups = values(gateUp.columns(y.cols, y.cols));
    m_inner->glu(y, gateUp, makes(Fault::WrongActivation) ? Activation::Silu : activation);
    if (!makes(Fault::UnclampedGate) || activation != Activation::ClampedSilu)
        return;
    std::vector<float> all = values(y);
    for (size_t i = 0; i < all.size(); ++i)
        if (gates[i] > 7.f)
            all[i] = gates[i] * (std::clamp(ups[i], -7.f, 7.f) + 1.f);
    overwrite(y, all);
}

/// Every page is the next one of the buffer.
KvPages FaultyBackend::shifted(const KvPages& kv)
{
    std::vector<int32_t> table = numbers(kv.pageTable);
    for (int32_t& page : table)
        page = page < 0 ? page : (page + 1) % kv.pageCount;
    KvPages moved = kv;
    moved.pageTable = copy(kv.pageTable, table);
    return moved;
}

void FaultyBackend::rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm,
                                   const Rope& rope, const AttentionShape& shape,
                                   const StepInputs& in)
{
    Rope turned = rope;
    StepInputs inputs = in;
    std::vector<int32_t> positions = numbers(in.positions);
    if (makes(Fault::OtherPairs))
        turned.pairs = rope.pairs == RopePairs::Halves ? RopePairs::Neighbours : RopePairs::Halves;
    if (makes(Fault::FirstSlot))
        inputs.slots = copy(in.slots, std::vector<int32_t>(positions.size(), 0));
    if (makes(Fault::EmptyRowsStored)) {
        for (int32_t& position : positions)
            position = std::max(position, 0);
        inputs.positions = copy(in.positions, positions);
    }
    const QkNorm used = makes(Fault::UnnormalisedHeads) ? QkNorm() : norm;
    const KvPages pages = makes(Fault::WrongPage) ? shifted(kv) : kv;
    if (makes(Fault::UnrotatedKeys)) {
        m_inner->rotateAndStore(copy(qkv, values(qkv)), pages, used, rope, shape, inputs);
        const Tensor plain = copy(qkv, values(qkv));
        m_inner->rotateAndStore(qkv, pages, used, rope, shape, inputs);
        m_inner->rotateAndStore(plain, pages, used, {}, shape, inputs);
        return;
    }
    m_inner->rotateAndStore(qkv, pages, used, turned, shape, inputs);
}

/// Query heads in the order 0, kvHeads, 2 kvHeads, ..., 1, ... or back.
Tensor FaultyBackend::withHeadsInTurns(const Tensor& qkv, const AttentionShape& shape, bool back)
{
    const std::vector<float> all = values(qkv);
    std::vector<float> moved = all;
    const int group = shape.heads / shape.kvHeads;
    for (int r = 0; r < qkv.rows; ++r)
        for (int h = 0; h < shape.heads; ++h) {
            const int other = h % shape.kvHeads * group + h / shape.kvHeads;
            const auto from =
                static_cast<size_t>(r * qkv.cols + (back ? other : h) * shape.headSize);
            const auto to = static_cast<size_t>(r * qkv.cols + (back ? h : other) * shape.headSize);
            std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(from), shape.headSize,
                        moved.begin() + static_cast<std::ptrdiff_t>(to));
        }
    return copy(qkv, moved);
}

void FaultyBackend::attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                              const StepInputs& in, const Weight& sinks)
{
    const Weight& sunk = makes(Fault::IgnoredSinks) ? Weight() : sinks;
    AttentionShape other = shape;
    if (makes(Fault::UncappedScores))
        other.softcap = 0.f;
    if (makes(Fault::LongWindow) && shape.window > 0)
        ++other.window;
    const std::vector<float> before = values(y);
    const KvPages pages = makes(Fault::WrongPage) ? shifted(kv) : kv;
    if (makes(Fault::SharedHeads)) {
        m_inner->attention(y, withHeadsInTurns(qkv, shape, false), pages, other, in, sunk);
        overwrite(y, values(withHeadsInTurns(y, shape, true)));
        return;
    }
    m_inner->attention(y, qkv, pages, other, in, sunk);
    if (makes(Fault::EmptyRowsStay)) {
        std::vector<float> after = values(y);
        const std::vector<int32_t> positions = numbers(in.positions);
        for (size_t i = 0; i < after.size(); ++i)
            if (positions[i / static_cast<size_t>(y.cols)] < 0)
                after[i] = before[i];
        overwrite(y, after);
    }
}

void FaultyBackend::add(Tensor x, Tensor y)
{
    m_inner->add(x, y);
    Tensor beyond = (makes(Fault::ChangesInput) ? y : x).firstRows(std::min(1, x.rows));
    if (makes(Fault::WritesBeyond))
        beyond.offset += static_cast<size_t>(x.cols) * 4;
    beyond.cols = 1;
    if ((makes(Fault::WritesBeyond) || makes(Fault::ChangesInput)) && x.rows > 0)
        overwrite(beyond, std::vector<float>{1.f});
}

void FaultyBackend::gatherRows(Tensor y, Tensor x, Tensor rows)
{
    std::vector<int32_t> chosen = numbers(rows);
    if (makes(Fault::FirstRows))
        for (size_t r = 0; r < chosen.size(); ++r)
            chosen[r] = static_cast<int32_t>(r) % x.rows;
    m_inner->gatherRows(y, x, makes(Fault::FirstRows) ? copy(rows, chosen) : rows);
}

void FaultyBackend::topCandidates(Tensor found, Tensor logits)
{
    m_inner->topCandidates(found, logits);
    std::vector<int32_t> all = numbers(found);
    for (int r = 0; r < found.rows; ++r) {
        const auto row = std::span(all).subspan(static_cast<size_t>(r) * kCandidateCols);
        const auto values = row.subspan(kCandidateLogits, kCandidates);
        const auto tokens = row.subspan(kCandidateTokens, kCandidates);
        const auto count = static_cast<size_t>(row[1]);
        for (size_t i = 1; i < count && makes(Fault::HigherOfEqual); ++i)
            if (values[i] == values[i - 1])
                std::swap(tokens[i], tokens[i - 1]);
        if (makes(Fault::LostCandidate) && count > 0)
            ++tokens[count - 1];
        if (makes(Fault::AllAreFinite))
            row[0] = 1;
        if (makes(Fault::GivesUp) && r == found.rows - 1)
            std::ranges::fill(row.subspan(1, kCandidateCols - 1), 0);
    }
    overwrite(found, all);
}

void FaultyBackend::routeExperts(Tensor ids, Tensor weights, Tensor logits)
{
    m_inner->routeExperts(ids, weights, logits);
    const std::vector<float> all = values(logits);
    std::vector<int32_t> chosen = numbers(ids);
    std::vector<float> shares = values(weights);
    for (int r = 0; r < logits.rows; ++r) {
        const auto row = std::span(all).subspan(static_cast<size_t>(r * logits.cols),
                                                static_cast<size_t>(logits.cols));
        double sum = 0;
        for (const float logit : row)
            sum += std::exp(static_cast<double>(logit) - *std::ranges::max_element(row));
        for (int j = 0; j < ids.cols; ++j) {
            const auto at = static_cast<size_t>(r * ids.cols + j);
            const float logit = row[static_cast<size_t>(chosen[at])];
            const auto same = std::ranges::find(row.rbegin(), row.rend(), logit);
            if (makes(Fault::LastOfEqual) && same != row.rend())
                chosen[at] = static_cast<int32_t>(row.rend() - same) - 1;
            if (makes(Fault::SharesOfAll))
                shares[at] = static_cast<float>(
                    std::exp(static_cast<double>(logit) - *std::ranges::max_element(row)) / sum);
        }
    }
    overwrite(ids, chosen);
    overwrite(weights, shares);
}

void FaultyBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                                 const Weight& bias)
{
    std::vector<int32_t> chosen = numbers(ids);
    if (makes(Fault::OtherExpert) && !chosen.empty())
        chosen.back() = (chosen.back() + 1) % (experts.out / y.cols);
    std::map<int32_t, int> picksOf;
    for (int32_t& id : chosen)
        if (++picksOf[id] > 64 && makes(Fault::CrowdedExpert))
            id = (id + 1) % (experts.out / y.cols);
    std::vector<float> inputs = values(x);
    if (makes(Fault::FirstInput) && x.rows > ids.rows)
        for (int i = 0; i < x.rows; ++i)
            std::copy_n(values(x).begin() + i / ids.cols * ids.cols * x.cols, x.cols,
                        inputs.begin() + i * x.cols);
    m_inner->expertMatmul(
        y, makes(Fault::FirstInput) ? copy(x, inputs) : x, experts,
        makes(Fault::OtherExpert) || makes(Fault::CrowdedExpert) ? copy(ids, chosen) : ids, bias);
    if (makes(Fault::FirstBias) && bias) {
        std::vector<float> all = values(y);
        m_inner->expertMatmul(y, x, experts, ids);
        const std::vector<float> plain = values(y);
        const size_t cols = static_cast<size_t>(y.cols);
        for (size_t i = cols; i < all.size(); ++i) // what the first pick was given
            all[i] = plain[i] + (all[i % cols] - plain[i % cols]);
        overwrite(y, all);
    }
}

void FaultyBackend::addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps)
{
    const Tensor sum = makes(Fault::FusedWithoutSum) ? copy(x, values(x)) : x;
    m_inner->addRmsNorm(h, sum, y, weight, eps);
}

void FaultyBackend::matmulGlu(Tensor gateUp, Tensor x, const Weight& w, Activation activation)
{
    m_inner->matmul(gateUp, x, w);
    const int cols = gateUp.cols / 2;
    if (makes(Fault::FusedHalvesSwapped)) {
        const std::vector<float> ups = values(gateUp.columns(cols, cols));
        overwrite(gateUp.columns(cols, cols), values(gateUp.columns(0, cols)));
        overwrite(gateUp.columns(0, cols), ups);
    }
    m_inner->glu(gateUp.columns(0, cols), gateUp, activation);
}

} // namespace

std::unique_ptr<Backend> createFaultyBackend(Fault fault)
{
    return std::make_unique<FaultyBackend>(fault);
}

std::unique_ptr<Backend> createLostBackend(int reads)
{
    return std::make_unique<FaultyBackend>(reads, std::numeric_limits<size_t>::max());
}

std::unique_ptr<Backend> createSmallBackend(size_t bytes)
{
    return std::make_unique<FaultyBackend>(std::numeric_limits<int>::max(), bytes);
}

} // namespace inglenook
