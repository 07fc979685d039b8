#include "inference/model_files/metadata.h"

#include <QTest>

#include <limits>

using namespace inglenook;

namespace {

Metadata sample()
{
    Metadata metadata;
    metadata.set("whole", int64_t{5});
    metadata.set("number", 0.5);
    metadata.set("text", std::string("five"));
    metadata.set("flag", true);
    metadata.set("nothing", std::numeric_limits<double>::quiet_NaN());
    metadata.set("list", std::vector<int64_t>{1, 2});
    return metadata;
}

template <typename Ask> std::string refusal(Ask ask)
{
    try {
        ask(sample());
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class MetadataTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valuesAreReadByTheirKind();
    void absentValuesAreNothing();
    void otherKindsAreRefusedByName();
    void numbersOutOfRangeAreRefused();
    void requiredValuesMustBeThere();
};

void MetadataTest::valuesAreReadByTheirKind()
{
    const Metadata metadata = sample();

    QCOMPARE(metadata.integer("whole", 0, 5).value(), int64_t{5});
    QCOMPARE(metadata.number("number").value(), 0.5);
    QCOMPARE(metadata.number("whole").value(), 5.0);
    QCOMPARE(metadata.text("text").value(), std::string("five"));
    QCOMPARE(metadata.boolean("flag").value(), true);
    QCOMPARE(metadata.integers("list")->size(), size_t{2});
}

void MetadataTest::absentValuesAreNothing()
{
    const Metadata metadata = sample();

    QVERIFY(!metadata.has("absent"));
    QVERIFY(!metadata.integer("absent", 0, 1));
    QVERIFY(!metadata.text("absent"));
    QVERIFY(!metadata.texts("absent"));
}

void MetadataTest::otherKindsAreRefusedByName()
{
    const std::string sentence = refusal([](const Metadata& m) { (void)m.integer("text", 0, 9); });

    QCOMPARE(sentence,
             std::string("The model file says \"text\" is a text, but it must be a "
                         "whole number."));
    QVERIFY(!refusal([](const Metadata& m) { (void)m.integer("number", 0, 9); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.boolean("whole"); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.texts("list"); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.number("text"); }).empty());
}

void MetadataTest::numbersOutOfRangeAreRefused()
{
    QVERIFY(!refusal([](const Metadata& m) { (void)m.integer("whole", 6, 9); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.integer("whole", 0, 4); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.number("nothing"); }).empty());
}

void MetadataTest::requiredValuesMustBeThere()
{
    const auto sentence =
        refusal([](const Metadata& m) { (void)m.requireInteger("absent", 0, 1); });

    QVERIFY(sentence.find("\"absent\"") != std::string::npos);
    QVERIFY(!refusal([](const Metadata& m) { (void)m.requireText("absent"); }).empty());
    QVERIFY(!refusal([](const Metadata& m) { (void)m.requireNumber("absent"); }).empty());
}

QTEST_APPLESS_MAIN(MetadataTest)
#include "metadata_test.moc"
