#include "app/cli/bench_parallel.h"

#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

using namespace inglenook;
using namespace inglenook::tests;

class BenchParallelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCountIsMeasuredInEveryPass()
    {
        keepDriversLoaded();
        const QTemporaryDir folder;
        const std::string path = folder.filePath("tiny.gguf").toStdString();
        writeModel(*tinyModel("llama"), path);

        const ParallelFigures figures = measureParallel({.model = {.path = path, .device = "cpu"},
                                                         .counts = {1, 3},
                                                         .prompt = 20,
                                                         .reply = 8,
                                                         .passes = 2});

        QCOMPARE(figures.figures.size(), size_t{2});
        for (const ParallelFigure& figure : figures.figures) {
            QCOMPARE(figure.rates.size(), size_t{2});
            QCOMPARE(figure.gains.size(), size_t{2});
            QVERIFY(figure.rates[0] > 0. && figure.rates[1] > 0.);
        }
        QCOMPARE(figures.figures[0].gains[1], 1.);
        QCOMPARE(figures.figures[1].gains[1],
                 figures.figures[1].rates[1] / figures.figures[0].rates[1]);
    }

    void figuresAreShownAsMedians()
    {
        const ParallelFigures figures{
            .model = "m",
            .device = "d",
            .figures = {{.count = 4, .rates = {9., 100., 50.}, .gains = {3., 1., 2.5}}}};

        const auto json = nlohmann::json::parse(jsonOf(figures));
        QCOMPARE(json["parallel"][0]["tokens_per_second"].get<double>(), 50.);
        QCOMPARE(json["parallel"][0]["gain"].get<double>(), 2.5);
        QVERIFY(QString::fromStdString(tableOf(figures)).contains("50.0"));
    }
};

QTEST_GUILESS_MAIN(BenchParallelTest)
#include "bench_parallel_test.moc"
