#include "tests/models/tiny_runner.h"
#include "tests/support/tested_devices.h"

#include <QFile>
#include <QTest>
#include <cmath>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// Natural logarithms of the probabilities that logits stand for.
std::vector<double> logProbabilities(std::span<const float> logits)
{
    const double most = *std::ranges::max_element(logits);
    double sum = 0.;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - most);
    std::vector<double> result;
    for (const float logit : logits)
        result.push_back(static_cast<double>(logit) - most - std::log(sum));
    return result;
}

/// llama.cpp reads a file named "llama" as if it had no window, so this one cannot be compared.
bool comparable(const std::string& model)
{
    return model != "mistral-window";
}

} // namespace

/// Compares whole tiny models with what llama.cpp computed for them (record_golden.mjs).
class GoldenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void logProbabilitiesAgreeWithLlamaCpp_data();
    void logProbabilitiesAgreeWithLlamaCpp();

private:
    std::vector<TestedDevice> m_devices = testedDevices();
    OpenedDevices m_opened;
};

void GoldenTest::logProbabilitiesAgreeWithLlamaCpp_data()
{
    QTest::addColumn<int>("device");
    QTest::addColumn<QString>("model");
    for (size_t i = 0; i < m_devices.size(); ++i) {
        for (const std::string& model : tinyModelNames()) {
            if (comparable(model))
                QTest::newRow((m_devices[i].name + " " + model).c_str())
                    << static_cast<int>(i) << QString::fromStdString(model);
        }
    }
}

void GoldenTest::logProbabilitiesAgreeWithLlamaCpp()
{
    QFETCH(const int, device);
    QFETCH(const QString, model);
    QFile golden(QFINDTESTDATA("golden/" + model + ".txt"));
    QVERIFY2(golden.open(QIODevice::ReadOnly), "golden data are missing");
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        QSKIP(tested.problem.c_str());
    const auto file = tinyModel(model.toStdString());
    TinyRunner runner(m_opened.open(tested.id), *file);
    const auto vocabulary = static_cast<size_t>(runner.spec().vocabulary);

    const std::vector<float> logits = runner.runSlices(tinyPrompt(40), 0, 16);

    const QList<QByteArray> lines = golden.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 40);
    double sum = 0.;
    int count = 0;
    for (const QByteArray& line : lines) {
        QList<QByteArray> fields = line.split(' ');
        const auto position = fields.takeFirst().toULongLong();
        const auto ours =
            logProbabilities(std::span(logits).subspan(position * vocabulary, vocabulary));
        for (const QByteArray& field : fields) {
            const qsizetype colon = field.indexOf(':');
            const auto token = field.left(colon).toULongLong();
            sum += std::abs(ours[token] - field.mid(colon + 1).toDouble());
            ++count;
        }
    }
    QCOMPARE(count, 40 * 48);
    const double mean = sum / count;
    qInfo("mean absolute difference %.2e", mean);
    QVERIFY2(mean <= 1e-3, qPrintable(QString("mean absolute difference %1").arg(mean)));
}

QTEST_APPLESS_MAIN(GoldenTest)
#include "golden_test.moc"
