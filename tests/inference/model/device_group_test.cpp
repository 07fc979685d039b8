#include "inference/model/device_group.h"

#include "tests/models/decoder_checks.h"
#include "tests/models/tiny_runner.h"
#include "tests/support/tested_devices.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <optional>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// Devices, as users name them, and how a model is split over them.
struct Grouping {
    std::vector<std::string> devices;
    Split split;
    std::vector<double> shares;

    [[nodiscard]] std::string text() const
    {
        std::string all = split == Split::Layers ? "layers of"
            : split == Split::Experts            ? "experts of"
                                                 : "tensors of";
        for (size_t i = 0; i < devices.size(); ++i)
            all += " " + devices[i] + "*" + std::to_string(shares[i]).substr(0, 3);
        return all;
    }
};

const std::vector<Grouping>& groupings()
{
    static const std::vector<Grouping> all = {
        {{"reference", "reference"}, Split::Tensors, {0.5, 0.5}},
        {{"reference", "reference"}, Split::Layers, {0.5, 0.5}},
        {{"cpu", "cpu"}, Split::Tensors, {0.5, 0.5}},
        {{"cpu", "cpu"}, Split::Tensors, {0.7, 0.3}},
        {{"cpu", "cpu"}, Split::Layers, {0.3, 0.7}},
        {{"vulkan:0", "vulkan:0"}, Split::Tensors, {0.5, 0.5}},
        {{"vulkan:0", "vulkan:0"}, Split::Tensors, {0.3, 0.7}},
        {{"vulkan:0", "vulkan:0"}, Split::Layers, {0.5, 0.5}},
        {{"cpu", "vulkan:0"}, Split::Tensors, {0.7, 0.3}},
        {{"vulkan:0", "cpu"}, Split::Layers, {0.5, 0.5}},
        {{"reference", "reference"}, Split::Experts, {0., 1.}},
        {{"cpu", "cpu"}, Split::Experts, {0., 1.}},
        {{"cpu", "cpu"}, Split::Experts, {0.5, 0.5}},
        {{"vulkan:0", "cpu"}, Split::Experts, {0., 1.}},
        {{"cpu", "vulkan:0"}, Split::Experts, {0.5, 0.5}},
        {{"cuda:0", "cpu"}, Split::Experts, {0., 1.}},
        {{"cuda:0", "cuda:0"}, Split::Tensors, {0.7, 0.3}},
        {{"cuda:0", "cpu"}, Split::Tensors, {0.5, 0.5}},
        {{"cuda:0", "vulkan:0"}, Split::Layers, {0.5, 0.5}},
    };
    return all;
}

/// The best token of each row.
std::vector<int> bestTokens(const std::vector<float>& logits, int vocabulary)
{
    std::vector<int> best;
    for (auto row = logits.begin(); row != logits.end(); row += vocabulary)
        best.push_back(static_cast<int>(std::max_element(row, row + vocabulary) - row));
    return best;
}

/// The first device computes all but experts, the second one nothing else: where they are alike,
/// together they do what one of them would do alone.
bool isAsIfAlone(const Grouping& grouping)
{
    return grouping.split == Split::Experts && grouping.devices[0] == grouping.devices[1];
}

/// Models whose slices differ in kind: plain, one KV head, biases, norms of heads, windows and
/// caps, experts, several matrices in an array, quantised, biases of experts and sinks.
const std::vector<CheckedModel>& models()
{
    static const std::vector<CheckedModel> all = {{"llama"},
                                                  {"llama-mqa"},
                                                  {"qwen2"},
                                                  {"qwen3"},
                                                  {"gemma2"},
                                                  {"phi"},
                                                  {"llama", DType::Q8_0},
                                                  {"qwen3moe"},
                                                  {"gpt-oss", DType::MXFP4}};
    return all;
}

} // namespace

class DeviceGroupTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void computesWhatOneDeviceComputes_data() { addRows(); }
    void computesWhatOneDeviceComputes();
    void isRowInvariant_data() { addRows(); }
    void isRowInvariant();
    void pagesTravelBetweenSplits_data();
    void pagesTravelBetweenSplits();

private:
    void addRows() const;
    /// The group of this row; skips where a device is missing.
    std::optional<TinyDevices> devices();

    std::vector<TestedDevice> m_devices = testedDevices();
    std::map<std::pair<std::string, int>, std::shared_ptr<Backend>> m_opened;
};

void DeviceGroupTest::addRows() const
{
    QTest::addColumn<int>("grouping");
    QTest::addColumn<int>("model");
    for (size_t g = 0; g < groupings().size(); ++g)
        for (size_t m = 0; m < models().size(); ++m)
            if (models()[m].canBeSplit(groupings()[g].split))
                QTest::newRow((groupings()[g].text() + ": " + models()[m].text()).c_str())
                    << static_cast<int>(g) << static_cast<int>(m);
}

std::optional<TinyDevices> DeviceGroupTest::devices()
{
    QFETCH(const int, grouping);
    const Grouping& wanted = groupings()[static_cast<size_t>(grouping)];
    std::vector<std::shared_ptr<Backend>> backends;
    std::map<std::string, int> times;
    for (const std::string& name : wanted.devices) {
        const DeviceId id = *parseDevice(name);
        const auto tested = std::ranges::find(m_devices, id, &TestedDevice::id);
        if (tested == m_devices.end() || (!tested->problem.empty() && !tested->expected))
            return std::nullopt;
        auto& backend = m_opened[{name, times[name]++}];
        if (!backend)
            backend = createBackend(id, {.threads = 1});
        backends.push_back(backend);
    }
    return TinyDevices(std::move(backends), wanted.split, wanted.shares);
}

void DeviceGroupTest::computesWhatOneDeviceComputes()
{
    QFETCH(const int, model);
    const auto group = devices();
    if (!group)
        QSKIP("a device is missing");
    const auto file = models()[static_cast<size_t>(model)].file();
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    TinyRunner single(*group->backends.front(), *file);
    const std::vector<float> expected = single.runSlices(tokens, 0, kCheckedTokens);
    TinyRunner runner(*group, *file);

    const std::vector<float> found = runner.runSlices(tokens, 0, kCheckedTokens);

    const int vocabulary = runner.spec().vocabulary;
    const bool quantised = models()[static_cast<size_t>(model)].type != DType::F32;
    QFETCH(const int, grouping);
    if (isAsIfAlone(groupings()[static_cast<size_t>(grouping)]))
        QVERIFY(found == expected);
    const double difference = meanDifference(found, expected);
    QVERIFY2(difference < (quantised ? 3e-2 : 1e-4), std::to_string(difference).c_str());
    if (!quantised) // roundings to 8 bits of other sums decide between random tokens that are near
        QCOMPARE(bestTokens(found, vocabulary), bestTokens(expected, vocabulary));
}

void DeviceGroupTest::isRowInvariant()
{
    QFETCH(const int, model);
    const auto group = devices();
    if (!group)
        QSKIP("a device is missing");
    const auto file = models()[static_cast<size_t>(model)].file();
    QCOMPARE(checkSlicedPrompt(*group, *file), std::string());
    QCOMPARE(checkMixedSequences(*group, *file), std::string());
    QCOMPARE(checkReplay(*group, *file), std::string());
}

void DeviceGroupTest::pagesTravelBetweenSplits_data()
{
    QTest::addColumn<int>("grouping");
    QTest::addColumn<int>("model");
    QTest::addColumn<int>("kv");
    for (size_t g = 0; g < groupings().size(); ++g)
        for (size_t m = 0; m < models().size(); ++m)
            for (const KvType type : kKvTypes)
                if ((type == KvType::F16 || m < 3) && models()[m].canBeSplit(groupings()[g].split))
                    QTest::newRow((groupings()[g].text() + ": " + models()[m].text() + ", cache " +
                                   std::string(name(type)))
                                      .c_str())
                        << static_cast<int>(g) << static_cast<int>(m) << static_cast<int>(type);
}

void DeviceGroupTest::pagesTravelBetweenSplits()
{
    QFETCH(const int, model);
    QFETCH(const int, kv);
    auto group = devices();
    if (!group)
        QSKIP("a device is missing");
    group->kvType = static_cast<KvType>(kv);
    TinyDevices front(*group->backends.front());
    front.kvType = group->kvType;
    const auto file = models()[static_cast<size_t>(model)].file();
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    const auto nextLogits = [&](TinyRunner& runner, int slot) {
        return runner.run({{.token = 7, .position = kCheckedTokens, .slot = slot, .output = true}});
    };
    TinyRunner computed(*group, *file);
    (void)computed.runSlices(tokens, 1, kCheckedTokens);
    const size_t each = computed.group().pageBytes();
    std::vector<std::byte> bytes(2 * each);
    const std::span<std::byte> whole(bytes);
    computed.group().readPage(whole.first(each), {.page = 4}); // slot 1
    computed.group().readPage(whole.last(each), {.page = 5});
    const std::vector<float> expected = nextLogits(computed, 1);

    TinyRunner single(front, *file);
    single.setPages(0, {6, 3});
    single.group().writePage({.page = 6}, whole.first(each));
    single.group().writePage({.page = 3}, whole.last(each));
    std::vector<std::byte> back(bytes.size());
    single.group().readPage(std::span(back).first(each), {.page = 6});
    single.group().readPage(std::span(back).last(each), {.page = 3});
    TinyRunner again(*group, *file);
    again.setPages(3, {2, 9});
    again.group().writePage({.page = 2}, std::span(back).first(each));
    again.group().writePage({.page = 9}, std::span(back).last(each));

    QVERIFY(back == bytes);
    const std::vector<float> restored = nextLogits(again, 3);
    const bool quantised =
        models()[static_cast<size_t>(model)].type != DType::F32 || group->kvType != KvType::F16;
    const bool oneHeadOnUnlikeDevices = computed.spec().layers[0].attention.kvHeads == 1 &&
        group->split == Split::Tensors &&
        group->backends.front()->name() != group->backends.back()->name();
    if (oneHeadOnUnlikeDevices) // each had rounded it in its own way
        QVERIFY(meanDifference(restored, expected) < (quantised ? 3e-2 : 1e-4));
    else
        QVERIFY(restored == expected);
    QVERIFY(meanDifference(nextLogits(single, 0), expected) < (quantised ? 3e-2 : 1e-4));
}

QTEST_APPLESS_MAIN(DeviceGroupTest)
#include "device_group_test.moc"
