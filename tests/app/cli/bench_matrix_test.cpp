#include "app/cli/bench_matrix.h"

#include "inference/model_files/gguf_writer.h"
#include "tests/models/tiny_model.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// Two devices, the second of which has no long context; one row takes 2 and 4 seconds.
Matrix twoColumns()
{
    const auto cell = [](int context, int rows, std::vector<double> seconds) {
        return MatrixCell{
            .context = context, .rows = rows, .seconds = std::move(seconds), .shares = {0.5}};
    };
    Matrix matrix{.model = "a <model> & co", .bytesPerToken = 5'000'000, .prompt = 100};
    matrix.columns = {{.device = "cpu",
                       .name = "a \"fast\" cpu",
                       .cacheType = "f16",
                       .readBandwidth = 2e10,
                       .cells = {cell(0, 1, {2., 2., 200.}), cell(0, 4, {3., 3., 400.}),
                                 cell(0, 100, {20., 20., 20.}), cell(64, 1, {4., 4., 4.})}},
                      {.device = "vulkan:0",
                       .name = "vulkan:0 <card>",
                       .cacheType = "f16",
                       .cells = {cell(0, 1, {4., 4., 4.})}}};
    matrix.leftOut = {"context 64 on vulkan:0: no room"};
    return matrix;
}

} // namespace

class BenchMatrixTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void costIsTheMedianOfThePasses();
    void csvHasALinePerCell();
    void jsonHasEveryCellAndWhatWasLeftOut();
    void pictureIsAnSvgWithAMarkPerCell();
    void everyKindOfStepIsMeasured();
    void whatDoesNotFitIsLeftOutWithItsReason();
    void deviceThatIsNotThereHidesNoOther();

private:
    [[nodiscard]] MatrixWish wishOf(std::vector<std::string> devices)
    {
        MatrixWish wish{.model = {.path = m_folder.filePath("tiny.gguf").toStdString()},
                        .devices = std::move(devices),
                        .rows = {4, 1},
                        .contexts = {100, 0},
                        .prompt = 20,
                        .passes = 2};
        writeModel(*tinyModel("llama"), wish.model.path);
        return wish;
    }

    QTemporaryDir m_folder;
};

void BenchMatrixTest::costIsTheMedianOfThePasses()
{
    const Matrix matrix = twoColumns();
    const MatrixColumn& cpu = matrix.columns[0];

    QCOMPARE(cpu.cost(*cpu.cell(0, 1)), 1.);
    QCOMPARE(cpu.cost(*cpu.cell(0, 4)), 1.5);
    QCOMPARE(cpu.cell(0, 4)->tokensPerSecond(), 4. / 3.);
    QVERIFY(!cpu.cell(64, 4));
    QCOMPARE(matrix.contexts(), (std::vector{0, 64}));
    QCOMPARE(matrix.rows(), (std::vector{1, 4, 100}));
}

void BenchMatrixTest::csvHasALinePerCell()
{
    const QStringList lines = QString::fromStdString(csvOf(twoColumns())).trimmed().split('\n');

    QCOMPARE(lines.size(), 1 + 5);
    QVERIFY(lines[0].startsWith("model,device,name,cache,context,rows,step_seconds"));
    QCOMPARE(lines[2],
             R"("a <model> & co","cpu","a ""fast"" cpu",f16,0,4,3,1.33333,1.5,2e+10,0.5)");
}

void BenchMatrixTest::jsonHasEveryCellAndWhatWasLeftOut()
{
    const QJsonObject all =
        QJsonDocument::fromJson(QByteArray::fromStdString(jsonOf(twoColumns()))).object();

    const QJsonArray columns = all["columns"].toArray();
    QCOMPARE(columns.size(), 2);
    QCOMPARE(columns[0].toObject()["cells"].toArray().size(), 4);
    QCOMPARE(columns[0].toObject()["cells"].toArray()[1].toObject()["cost"].toDouble(), 1.5);
    QCOMPARE(all["left_out"].toArray().size(), 1);
}

void BenchMatrixTest::pictureIsAnSvgWithAMarkPerCell()
{
    QXmlStreamReader svg(QByteArray::fromStdString(pictureOf(twoColumns())));
    int marks = 0;
    QString texts;
    while (!svg.atEnd()) {
        if (svg.readNext() == QXmlStreamReader::Characters)
            texts += svg.text();
        marks += svg.isStartElement() && svg.name() == QLatin1String("circle") ? 1 : 0;
    }

    QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
    // five of speed, four of cost (a prompt has none), three in each of two lines of the legend
    QCOMPARE(marks, 5 + 4 + 6);
    QVERIFY(texts.contains("a <model> & co") && texts.contains("vulkan:0 <card>"));
}

void BenchMatrixTest::everyKindOfStepIsMeasured()
{
    const Matrix matrix = measureMatrix(wishOf({"reference", "cpu"}));

    QCOMPARE(matrix.leftOut, std::vector<std::string>());
    QCOMPARE(matrix.columns.size(), size_t{2});
    for (const MatrixColumn& column : matrix.columns) {
        QCOMPARE(column.cells.size(), size_t{2 * 3});
        for (const int context : {0, 100})
            for (const int rows : {1, 4, 20}) {
                const MatrixCell* cell = column.cell(context, rows);
                QVERIFY(cell);
                QCOMPARE(cell->seconds.size(), size_t{2});
                QVERIFY(cell->seconds[0] > 0. && cell->seconds[1] > 0.);
            }
    }
    QCOMPARE(matrix.columns[0].cells[0].shares.size(), size_t{0}); // the reference has no figure
    QCOMPARE(matrix.columns[1].cells[0].shares.size(), size_t{2});
}

void BenchMatrixTest::whatDoesNotFitIsLeftOutWithItsReason()
{
    MatrixWish wish = wishOf({"reference"});
    wish.contexts = {0, 1 << 20};
    wish.limit = 1e-9;

    const Matrix matrix = measureMatrix(wish);

    QCOMPARE(matrix.columns[0].cells.size(), size_t{1}); // the narrowest step always runs
    QCOMPARE(matrix.leftOut.size(), size_t{2});
    QVERIFY(QString::fromStdString(matrix.leftOut[0]).contains("from 4 rows behind 0 tokens"));
    QVERIFY(QString::fromStdString(matrix.leftOut[1]).contains("context 1048576 on reference"));
}

void BenchMatrixTest::deviceThatIsNotThereHidesNoOther()
{
    const Matrix matrix = measureMatrix(wishOf({"abacus", "reference"}));

    QCOMPARE(matrix.columns.size(), size_t{1});
    QVERIFY(QString::fromStdString(matrix.leftOut.back()).startsWith("abacus: "));
    QVERIFY_EXCEPTION_THROWN((void)measureMatrix(wishOf({"abacus"})), std::runtime_error);
    QVERIFY_EXCEPTION_THROWN((void)measureMatrix(wishOf({"abacus", "cuda:99"})),
                             std::runtime_error);
}

QTEST_APPLESS_MAIN(BenchMatrixTest)
#include "bench_matrix_test.moc"
