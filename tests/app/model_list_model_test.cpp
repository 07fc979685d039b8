#include "app/model_list_model.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QtTest/QtTest>

using namespace inglenook;

namespace {

ModelFileRow file(const QString& name, quint64 needed = 1'000)
{
    ModelFileRow row;
    row.path = "/models/" + name + ".gguf";
    row.name = name;
    row.quantisation = "Q8_0";
    row.architecture = "llama";
    row.fileBytes = 2'500'000;
    row.neededBytes = needed;
    return row;
}

} // namespace

class ModelListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void filesAreListedByName()
    {
        ModelListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset({file("b"), file("a")}, 0);
        QCOMPARE(at(model, 0, ModelListModel::NameRole), "a");
        QCOMPARE(at(model, 0, ModelListModel::SizeTextRole), "2.5 MB");
    }

    void filterNeedsEveryWordSomewhere()
    {
        ModelListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset({file("Guide small"), file("Guide large"), file("Other")}, 0);

        model.setFilter("LARGE guide q8");
        QCOMPARE(model.count(), 1);
        QCOMPARE(at(model, 0, ModelListModel::NameRole), "Guide large");
        QVERIFY(model.find("/models/Other.gguf"));
        model.setFilter("");
        QCOMPARE(model.count(), 3);
    }

    void fitComesFromTheMemoryThatIsFree()
    {
        ModelListModel model;
        ModelFileRow broken = file("broken", 0);
        broken.problem = "The file ends too early.";
        model.reset({file("big", 9'100'000'000), file("small", 1'000'000), broken}, 6'000'000'000);

        QCOMPARE(at(model, 0, ModelListModel::FitTextRole), "Does not fit: needs 9.1 GB of 6.0 GB");
        QCOMPARE(at(model, 0, ModelListModel::FitsRole), false);
        QCOMPARE(at(model, 1, ModelListModel::FitsRole), false);
        QCOMPARE(at(model, 1, ModelListModel::ProblemRole), "The file ends too early.");
        QCOMPARE(at(model, 2, ModelListModel::FitTextRole), "Fits");
    }

    void smallerOnesOfTheSameVocabularyCanGuess()
    {
        const auto sized = [](const QString& name, quint64 bytes, quint64 vocabulary) {
            ModelFileRow row = file(name);
            row.fileBytes = bytes;
            row.vocabulary = vocabulary;
            return row;
        };
        ModelFileRow broken = sized("broken", 10, 7);
        broken.problem = "The file ends too early.";
        ModelListModel model;
        model.reset({sized("large", 90, 7), sized("small", 10, 7), sized("as large", 90, 7),
                     sized("stranger", 10, 8), broken, sized("blank", 90, 0),
                     sized("small blank", 10, 0)},
                    0);

        const std::vector<ModelFileRow> drafts = model.draftsFor("/models/large.gguf");
        QCOMPARE(drafts.size(), size_t(1));
        QCOMPARE(drafts[0].name, "small");
        QVERIFY(model.draftsFor("/models/blank.gguf").empty());
        QVERIFY(model.draftsFor("/models/unknown.gguf").empty());
    }

    void currentIsMarked()
    {
        ModelListModel model;
        model.reset({file("a"), file("b")}, 0);
        model.setCurrent("/models/b.gguf");
        QCOMPARE(at(model, 0, ModelListModel::CurrentRole), false);
        QCOMPARE(at(model, 1, ModelListModel::CurrentRole), true);
    }

private:
    static QVariant at(const ModelListModel& model, int row, int role)
    {
        return model.data(model.index(row), role);
    }
};

QTEST_APPLESS_MAIN(ModelListModelTest)
#include "model_list_model_test.moc"
