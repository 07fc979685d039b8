#include "inference/model/placement.h"

#include "tests/support/loaded_drivers.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr uint64_t kGiga = uint64_t{1} << 30;
constexpr DeviceId kProcessor{DeviceKind::Cpu, 0};

DeviceId cuda(int index)
{
    return {DeviceKind::Cuda, index};
}

DeviceInfo device(DeviceId id, uint64_t freeBytes, const std::string& name = "card")
{
    return {.id = id,
            .name = name + std::to_string(id.index),
            .driver = "1",
            .memoryTotal = freeBytes,
            .memoryFree = freeBytes};
}

/// A machine with two cards of 24 GB and 64 GB of its own.
std::vector<DeviceInfo> twoCards()
{
    return {device(kProcessor, 64 * kGiga, "processor"), device(cuda(0), 24 * kGiga),
            device(cuda(1), 24 * kGiga)};
}

MachineFigures measured(const std::vector<DeviceInfo>& devices, std::vector<double> bandwidths,
                        double exchange)
{
    MachineFigures machine;
    for (size_t i = 0; i < devices.size(); ++i)
        machine.devices.push_back({.device = toString(devices[i].id),
                                   .name = devices[i].name,
                                   .driver = devices[i].driver,
                                   .readBandwidth = bandwidths[i],
                                   .matmulRate = 1e12,
                                   .stepSeconds = 1e-4});
    for (size_t i = 0; i < devices.size(); ++i)
        for (size_t j = i + 1; j < devices.size(); ++j)
            machine.links.push_back({.first = toString(devices[i].id),
                                     .second = toString(devices[j].id),
                                     .exchangeSeconds = exchange});
    return machine;
}

ModelSize model(uint64_t gigabytes)
{
    return {.bytes = gigabytes * kGiga,
            .readBytes = gigabytes * kGiga,
            .besideBytes = kGiga / 2,
            .layers = 32};
}

/// A mixture of experts of 60 GB, of which a token reads 4.
ModelSize mixture()
{
    return {.bytes = 60 * kGiga,
            .readBytes = 4 * kGiga,
            .besideBytes = kGiga / 2,
            .wishedCacheBytes = 4 * kGiga,
            .layers = 48,
            .expertLayers = 48,
            .expertBytes = 56 * kGiga,
            .expertReadBytes = 3 * kGiga};
}

std::string refusal(const std::string& devices, const std::string& split)
{
    try {
        const PlacementWish wish = readPlacementWish(devices, split);
        static_cast<void>(placements(model(1), twoCards(), {}, wish));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

#define VERIFY_CONTAINS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

} // namespace

class PlacementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { keepDriversLoaded(); }
    void wishesAreRead();
    void whatIsNoWishIsRefusedInWords_data();
    void whatIsNoWishIsRefusedInWords();
    void oneCardComesBeforeTheProcessor();
    void aFastLinkJoinsTwoCards();
    void aSlowLinkOrAnUnknownOneDoesNot();
    void unlikeCardsShareBySpeedNotBySize();
    void aModelTooLargeForOneCardIsCutIntoLayers();
    void theProcessorTakesWhatNoCardHolds();
    void expertsThatTheCardHasNoRoomForGoToTheProcessor();
    void expertsGoWhereTheyAreWished();
    void namedDevicesAreUsedAlone();
    void oneCardUnderTwoNamesIsOneCard();
    void softwareIsNeverChosenUnasked();
    void allOfThisMachineIsPlaced();
};

void PlacementTest::wishesAreRead()
{
    const PlacementWish wish = readPlacementWish("cuda:0,vulkan:1", "0.6,0.4");
    QCOMPARE(wish.devices.size(), size_t(2));
    QVERIFY((wish.devices[1] == DeviceId{DeviceKind::Vulkan, 1}));
    QVERIFY(wish.split == Split::Tensors);
    QCOMPARE(wish.shares, (std::vector<double>{0.6, 0.4}));

    const PlacementWish layers = readPlacementWish("cpu,cpu", "layer:0.5,0.5");
    QVERIFY(layers.split == Split::Layers);
    QCOMPARE(layers.shares.size(), size_t(2));

    QVERIFY(readPlacementWish("auto", "layer").split == Split::Layers);
    QVERIFY(!readPlacementWish("auto", "auto").split);
    QVERIFY(readPlacementWish("", "").devices.empty());
}

void PlacementTest::whatIsNoWishIsRefusedInWords_data()
{
    QTest::addColumn<std::string>("devices");
    QTest::addColumn<std::string>("split");
    QTest::addColumn<std::string>("part");
    const auto row = [](const char* devices, const char* split, const char* part) {
        QTest::addRow("%s by %s", devices, split)
            << std::string(devices) << std::string(split) << std::string(part);
    };
    row("gpu", "auto", "There is no kind of device called \"gpu\"");
    row("cuda:0,", "auto", "There is no kind of device called \"\"");
    row("cuda:7", "auto", "The device cuda:7 is not in this machine");
    row("cuda:0,cuda:1", "rows", "\"rows\" is no way of splitting");
    row("cuda:0,cuda:1", "tensor:half", "no way of splitting");
    row("cuda:0,cuda:1", "0,1", "cannot have the share 0 ");
    row("cuda:0,cuda:1", "1.5,-0.5", "cannot have the share 1.5 ");
    row("cuda:0,cuda:1", "nan,0.5", "cannot have the share nan ");
    row("cuda:0,cuda:1", "0.6,0.6", "0.6,0.6 do not add up to 1");
    row("cuda:0,cuda:1", "0.5,0.3,0.2", "3 shares for 2 named devices");
    row("auto", "0.5,0.5", "2 shares for 0 named devices");
    row("cpu", "tensor", "over several devices only");
    row("cuda:0,cpu", "experts", "has no experts");
    row("cuda:0,cpu", "experts:0,1", "cannot have the share 0 ");
}

void PlacementTest::whatIsNoWishIsRefusedInWords()
{
    QFETCH(const std::string, devices);
    QFETCH(const std::string, split);
    QFETCH(const std::string, part);
    VERIFY_CONTAINS(refusal(devices, split), part);
}

void PlacementTest::oneCardComesBeforeTheProcessor()
{
    const auto ranked = placements(model(8), twoCards(), {}, {});
    QVERIFY(ranked.front().split == Split::None);
    QVERIFY(ranked.front().devices.front() == cuda(0));
    // if it fails, the other card, and in the end the processor
    QVERIFY(ranked[1].devices.front() == cuda(1));
    QVERIFY(std::ranges::any_of(
        ranked, [](const Placement& p) { return p.devices == std::vector<DeviceId>{kProcessor}; }));
}

void PlacementTest::aFastLinkJoinsTwoCards()
{
    const auto devices = twoCards();
    const auto ranked =
        placements(model(8), devices, measured(devices, {5e10, 1e12, 1e12}, 7e-6), {});
    QVERIFY(ranked.front().split == Split::Tensors);
    QCOMPARE(ranked.front().text(), std::string("tensors of cuda:0 50 % + cuda:1 50 %"));
    const double expected = 4. * static_cast<double>(kGiga) / 1e12 + 65 * 7e-6 + 1e-4;
    QVERIFY(std::abs(ranked.front().secondsPerToken - expected) < 1e-6);
}

void PlacementTest::aSlowLinkOrAnUnknownOneDoesNot()
{
    const auto devices = twoCards();
    MachineFigures machine = measured(devices, {5e10, 1e12, 1e12}, 2e-4);
    QVERIFY(placements(model(8), devices, machine, {}).front().split == Split::None);
    machine.links.clear();
    QVERIFY(placements(model(8), devices, machine, {}).front().split == Split::None);
}

void PlacementTest::unlikeCardsShareBySpeedNotBySize()
{
    std::vector<DeviceInfo> devices = twoCards();
    devices[2].memoryFree = 80 * kGiga; // roomy but slow
    const MachineFigures machine = measured(devices, {5e10, 1.5e12, 5e11}, 5e-6);
    const auto ranked = placements(model(16), devices, machine, {});
    QCOMPARE(ranked.front().text(), std::string("tensors of cuda:0 75 % + cuda:1 25 %"));

    // where the fast one has no room for its share, the other takes the rest
    devices[1].memoryFree = 8 * kGiga;
    const Placement tight = placements(model(16), devices, machine, {}).front();
    QVERIFY(tight.shares[0] * 16 < 0.95 * 8);
    QVERIFY(std::abs(std::accumulate(tight.shares.begin(), tight.shares.end(), 0.) - 1.) < 1e-9);
}

void PlacementTest::aModelTooLargeForOneCardIsCutIntoLayers()
{
    const auto ranked = placements(model(40), twoCards(), {}, {});
    QCOMPARE(ranked.front().text(), std::string("layers of cuda:0 50 % + cuda:1 50 %"));
}

void PlacementTest::theProcessorTakesWhatNoCardHolds()
{
    const Placement placed = placements(model(60), twoCards(), {}, {}).front();
    QVERIFY(placed.split == Split::Layers);
    QCOMPARE(placed.devices.size(), size_t(3));
    QVERIFY(placed.devices.back() == kProcessor);
    QVERIFY(placed.shares[2] < 0.3); // no more than needed
    for (const size_t card : {0, 1})
        QVERIFY(placed.shares[card] * 60 < 24);
}

void PlacementTest::expertsThatTheCardHasNoRoomForGoToTheProcessor()
{
    std::vector<DeviceInfo> devices = twoCards();
    devices.pop_back();
    const Placement placed = placements(mixture(), devices, {}, {}).front();
    QCOMPARE(placed.text(), std::string("cuda:0 + 75 % of the experts on cpu"));
    QVERIFY(placed.fits);
    // all else, the cache and the experts that stay: as many as there is room for
    const double onCard = 4. + 4. + 0.5 + placed.shares[0] * 56;
    QVERIFY(onCard < 0.95 * 24 && onCard + 56. / 48. > 0.95 * 24);

    // with the meetings measured, and so slow that layers are better
    const MachineFigures slow = measured(devices, {3e10, 4e11}, 5e-3);
    QVERIFY(placements(mixture(), devices, slow, {}).front().split == Split::Layers);

    devices[1].memoryFree = 80 * kGiga;
    QVERIFY(placements(mixture(), devices, {}, {}).front().split == Split::None);
}

void PlacementTest::expertsGoWhereTheyAreWished()
{
    std::vector<DeviceInfo> devices = twoCards();
    const auto wished = [&](const char* on, const char* split) {
        return placements(mixture(), devices, {}, readPlacementWish(on, split)).front();
    };
    QCOMPARE(wished("cuda:1,cpu", "experts:0.1,0.9").text(),
             std::string("cuda:1 + 90 % of the experts on cpu"));
    QCOMPARE(wished("auto", "experts").text(), std::string("cuda:0 + 75 % of the experts on cpu"));
    devices[1].memoryFree = devices[2].memoryFree = 4 * kGiga; // no room for any of them
    QCOMPARE(wished("auto", "experts").shares, (std::vector<double>{0., 1.}));
    QVERIFY_EXCEPTION_THROWN((void)wished("cuda:0,cuda:1,cpu", "experts"), std::runtime_error);
}

void PlacementTest::namedDevicesAreUsedAlone()
{
    const auto devices = twoCards();
    const MachineFigures machine = measured(devices, {5e10, 1e12, 1e12}, 7e-6);
    const auto one = placements(model(8), devices, machine, readPlacementWish("cuda:1", "auto"));
    QCOMPARE(one.size(), size_t(1));
    QVERIFY(one.front().devices.front() == cuda(1));

    // the processor only slows the card down: it is used alone
    const auto two =
        placements(model(8), devices, machine, readPlacementWish("cpu,cuda:0", "auto"));
    QCOMPARE(two.front().text(), std::string("cuda:0"));
    // unless told otherwise
    const auto told =
        placements(model(8), devices, machine, readPlacementWish("cpu,cuda:0", "layer"));
    QCOMPARE(told.size(), size_t(1));
    QVERIFY(told.front().split == Split::Layers);
}

void PlacementTest::oneCardUnderTwoNamesIsOneCard()
{
    std::vector<DeviceInfo> devices = twoCards();
    devices.pop_back();
    devices.push_back(device({DeviceKind::Vulkan, 0}, 24 * kGiga));
    devices.back().name = devices[1].name;
    for (const Placement& placement : placements(model(40), devices, {}, {}))
        for (const DeviceId id : placement.devices)
            QVERIFY(id.kind != DeviceKind::Vulkan);
}

void PlacementTest::softwareIsNeverChosenUnasked()
{
    std::vector<DeviceInfo> devices = {device(kProcessor, 8 * kGiga),
                                       device({DeviceKind::Vulkan, 0}, 64 * kGiga)};
    devices[1].software = true;
    for (const Placement& placement : placements(model(40), devices, {}, {}))
        QVERIFY(placement.devices == std::vector<DeviceId>{kProcessor});
    const auto asked = placements(model(4), devices, {}, readPlacementWish("vulkan:0", "auto"));
    QVERIFY(asked.front().devices.front().kind == DeviceKind::Vulkan);
}

void PlacementTest::allOfThisMachineIsPlaced()
{
    const std::vector<DeviceInfo> devices = listDevices();
    const auto ranked = placements(model(0), devices, {}, {});
    QVERIFY(!ranked.empty());
    for (const Placement& placement : ranked)
        for (const DeviceId id : placement.devices)
            QVERIFY(!std::ranges::find(devices, id, &DeviceInfo::id)->software);
}

QTEST_APPLESS_MAIN(PlacementTest)
#include "placement_test.moc"
