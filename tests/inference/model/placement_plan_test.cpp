#include "inference/model/placement_plan.h"

#include "inference/architectures/architecture.h"
#include "tests/models/tiny_model.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr DeviceId kCard{DeviceKind::Cuda, 0};

/// What is planned for a tiny model on a card.
MemoryPlan planOn(const DeviceInfo& card)
{
    const auto file = tinyModel("llama");
    const ModelSpec spec = readModelSpec(*file);
    const PlannedModel model{.file = *file,
                             .spec = spec,
                             .limits = {.rows = 64},
                             .wish = {.sequences = 1000, .modelContext = spec.context}};
    return planPlacement({.devices = {kCard}, .shares = {1.}}, model, {card}).memory;
}

} // namespace

class PlacementPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatADeviceTakesForItselfIsNoRoom();
    void aWorkspaceBeyondTheMemoryIsRefused();
};

void PlacementPlanTest::whatADeviceTakesForItselfIsNoRoom()
{
    constexpr size_t kFree = size_t{20} << 20;
    constexpr size_t kTaken = size_t{8} << 20;

    const MemoryPlan roomy = planOn({.id = kCard, .memoryFree = kFree});
    const MemoryPlan narrow = planOn({.id = kCard, .memoryFree = kFree, .workspaceBytes = kTaken});

    QVERIFY(narrow.pages < roomy.pages);
    QVERIFY(narrow.totalBytes <= kFree);
    QVERIFY(roomy.cacheBytes - narrow.cacheBytes <= kTaken + kTaken / 8);
    QVERIFY(roomy.cacheBytes - narrow.cacheBytes >= kTaken - kTaken / 8);
}

void PlacementPlanTest::aWorkspaceBeyondTheMemoryIsRefused()
{
    constexpr size_t kFree = size_t{20} << 20;
    QVERIFY_EXCEPTION_THROWN(planOn({.id = kCard, .memoryFree = kFree, .workspaceBytes = kFree}),
                             std::runtime_error);
}

QTEST_APPLESS_MAIN(PlacementPlanTest)
#include "placement_plan_test.moc"
