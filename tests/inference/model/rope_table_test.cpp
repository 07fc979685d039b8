#include "inference/model/rope_table.h"

#include <QTest>
#include <cmath>

using namespace inglenook;

namespace {

RopeSpec specOf(int dims)
{
    RopeSpec spec;
    spec.dims = dims;
    return spec;
}

/// The angle of one pair, from its cosine and sine.
double angleOf(const RopeTable& table, int position, int pair)
{
    std::vector<float> row(static_cast<size_t>(table.dims()));
    table.fill(position, row);
    const auto i = static_cast<size_t>(2 * pair);
    return std::atan2(static_cast<double>(row[i + 1]), static_cast<double>(row[i]));
}

double magnitudeOf(const RopeTable& table)
{
    std::vector<float> row(static_cast<size_t>(table.dims()));
    table.fill(3, row);
    return std::hypot(static_cast<double>(row[0]), static_cast<double>(row[1]));
}

bool near(double a, double b)
{
    return std::abs(a - b) < 1e-6;
}

} // namespace

class RopeTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plainFrequenciesFallGeometrically();
    void linearScalingDividesAngles();
    void factorsDivideTheirFrequency();
    void yarnKeepsFastWavesAndStretchesSlowOnes();
    void yarnMakesScoresLarger();
    void farPositionsKeepTheirPrecision();
};

void RopeTableTest::plainFrequenciesFallGeometrically()
{
    const RopeTable table(specOf(8));
    for (int pair = 0; pair < 4; ++pair)
        QVERIFY(near(angleOf(table, 2, pair), 2. * std::pow(10000., -pair / 4.)));
    QVERIFY(near(magnitudeOf(table), 1.));
}

void RopeTableTest::linearScalingDividesAngles()
{
    RopeSpec spec = specOf(8);
    spec.factor = 4.;
    const RopeTable table(spec);
    QVERIFY(near(angleOf(table, 2, 0), 0.5));
    QVERIFY(near(angleOf(table, 2, 1), 0.05));
    QVERIFY(near(magnitudeOf(table), 1.));
}

void RopeTableTest::factorsDivideTheirFrequency()
{
    RopeSpec spec = specOf(4);
    spec.frequencyFactors = {1.f, 8.f};
    const RopeTable table(spec);
    QVERIFY(near(angleOf(table, 1, 0), 1.));
    QVERIFY(near(angleOf(table, 1, 1), 0.01 / 8.));
}

void RopeTableTest::yarnKeepsFastWavesAndStretchesSlowOnes()
{
    RopeSpec spec = specOf(64);
    spec.factor = 16.;
    spec.yarn.originalContext = 4096;
    const RopeTable table(spec);
    const RopeTable plain(specOf(64));
    QVERIFY(near(angleOf(table, 1, 0), angleOf(plain, 1, 0)));
    QVERIFY(near(angleOf(table, 1000, 31), angleOf(plain, 1000, 31) / 16.));
    const double middle = angleOf(table, 1, 16) / angleOf(plain, 1, 16);
    QVERIFY(middle > 1. / 16. && middle < 1.);
}

void RopeTableTest::yarnMakesScoresLarger()
{
    RopeSpec spec = specOf(64);
    spec.factor = 16.;
    spec.yarn.originalContext = 4096;
    spec.magnitude = 0.5;
    QVERIFY(near(magnitudeOf(RopeTable(spec)), 0.5 * (1. + 0.1 * std::log(16.))));
}

void RopeTableTest::farPositionsKeepTheirPrecision()
{
    const RopeTable table(specOf(8));
    std::vector<float> row(8);
    table.fill(1000001, row);
    QCOMPARE(row[0], static_cast<float>(std::cos(1000001.)));
    QCOMPARE(row[1], static_cast<float>(std::sin(1000001.)));
}

QTEST_APPLESS_MAIN(RopeTableTest)
#include "rope_table_test.moc"
