#include "inference/generation/speculation.h"
#include "tests/inference/generation/scripted_drafter.h"

#include <QTest>
#include <bit>
#include <functional>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kText = 4000; // tokens
constexpr int kContext = 8192;

/// What a step of so many rows takes.
using Cost = std::function<double(int rows)>;

double memoryBound(int rows)
{
    return 1. + 0.02 * rows;
}
double computeBound(int rows)
{
    return 1. * rows;
}

std::map<uint64_t, std::vector<int32_t>> textsOf(int sequences)
{
    std::map<uint64_t, std::vector<int32_t>> texts;
    for (int id = 0; id < sequences; ++id)
        for (int i = 0; i < kText; ++i)
            texts[static_cast<uint64_t>(id)].push_back(i % 97 * 2);
    return texts;
}

struct Tried {
    double seconds = 0.; // steps and drafts
    int steps = 0;
    int tokens = 0;
    int widest = 0; // rows
};

/// Decodes the texts as a generator would, on a machine that takes what `cost` says.
Tried decode(Speculation& speculation, const std::map<uint64_t, std::vector<int32_t>>& texts,
             const Cost& cost, double draftCost = 0., int steps = 1000)
{
    std::vector<Sequence> sequences(texts.size());
    for (size_t i = 0; i < sequences.size(); ++i) {
        sequences[i].id = i;
        sequences[i].slot = static_cast<int>(i);
        sequences[i].tokens = {0};
        sequences[i].promptTokens = 1;
    }
    Tried tried;
    for (; tried.steps < steps; ++tried.steps) {
        speculation.propose(sequences);
        std::vector<StepPart> parts;
        int rows = 0;
        size_t longest = 0;
        for (size_t i = 0; i < sequences.size(); ++i) {
            Sequence& s = sequences[i];
            const int count = 1 + static_cast<int>(s.proposed.size());
            parts.push_back({.sequence = i, .first = s.computed, .count = count, .outputs = count});
            rows += count;
            longest = std::max(longest, s.proposed.size());
            const std::vector<int32_t>& text = texts.at(s.id);
            for (size_t g = 0;; ++g) {
                const int32_t token = text[s.tokens.size()];
                s.tokens.push_back(token);
                ++s.computed;
                ++tried.tokens;
                if (g >= s.proposed.size() || s.proposed[g] != token)
                    break;
            }
        }
        const double seconds = cost(rows);
        speculation.measured(sequences, parts, seconds);
        tried.seconds += seconds + draftCost * static_cast<double>(longest);
        tried.widest = std::max(tried.widest, rows);
    }
    return tried;
}

Speculation speculationOf(std::unique_ptr<Drafter> drafter)
{
    SpeculationSetup setup;
    setup.drafters.push_back(std::move(drafter));
    return {std::move(setup), StepLimits{}, kContext};
}

bool everyOther(int position)
{
    return position % 2 == 0;
}
bool always(int)
{
    return true;
}
/// Nothing about them can be learned.
bool oneInThree(int position)
{
    return static_cast<uint32_t>(position) * 2654435761U >> 16 & 1 && position % 3 != 0;
}

/// What the guide's steps cost beside one of a single row.
double guideLike(int rows)
{
    static constexpr double kCosts[] = {1., 1.35, 2., 3.5, 6.5};
    return kCosts[std::bit_width(static_cast<unsigned>(rows) - 1)];
}

} // namespace

/// How far sequences guess follows from what it brings and costs.
class SpeculationChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rightGuessesThatCostLittleAreLong();
    void wrongGuessesAreGivenUp();
    void noAnswerLosesMuch();
    void whatOneTextGainedTheNextDoesNotLose();
    void dearStepsAreNotTaken();
    void dearDraftsAreNotMade();
    void guessingComesBackWhereTheTextChanges();
    void severalSequencesStayBelowTheKnee();
    void besidePromptsOnlyLikelyFreeGuessesAreTaken();
};

void SpeculationChoiceTest::rightGuessesThatCostLittleAreLong()
{
    const auto texts = textsOf(1);
    Speculation speculation = speculationOf(std::make_unique<ScriptedDrafter>(texts));
    const Tried tried = decode(speculation, texts, memoryBound, 0., 200);
    QVERIFY(tried.tokens > 8 * tried.steps);
    QCOMPARE(tried.widest, kDecodeRows);
}

void SpeculationChoiceTest::wrongGuessesAreGivenUp()
{
    const auto texts = textsOf(1);
    for (const double draftCost : {0., 0.05}) {
        Speculation speculation =
            speculationOf(std::make_unique<ScriptedDrafter>(texts, always, draftCost));
        const Tried tried = decode(speculation, texts, memoryBound, draftCost);
        QCOMPARE(tried.tokens, tried.steps);
        const double plain = tried.steps * memoryBound(1);
        QVERIFY2(tried.seconds < plain / 0.98, qPrintable(QString::number(tried.seconds / plain)));
    }
}

void SpeculationChoiceTest::noAnswerLosesMuch()
{
    constexpr int kAnswer = 256; // tokens, at least
    const auto texts = textsOf(1);
    for (const auto& spoils : {always, everyOther, oneInThree})
        for (const auto& cost : {memoryBound, guideLike, computeBound})
            for (const double draftCost : {0., 0.26}) {
                Speculation speculation =
                    speculationOf(std::make_unique<ScriptedDrafter>(texts, spoils, draftCost));
                for (int answer = 0; answer < 20; ++answer) {
                    const Tried tried = decode(speculation, texts, cost, draftCost, kAnswer);
                    speculation.forget(0);
                    const double plain = tried.tokens * cost(1);
                    QVERIFY2(tried.seconds < plain / 0.98,
                             qPrintable(QString("answer %1, a draft for %2: %3 of plain")
                                            .arg(answer)
                                            .arg(draftCost)
                                            .arg(plain / tried.seconds)));
                }
            }
}

void SpeculationChoiceTest::whatOneTextGainedTheNextDoesNotLose()
{
    constexpr int kAnswer = 256;
    const auto texts = textsOf(1);
    for (const double draftCost : {0., 0.1}) {
        bool wrong = false;
        Speculation speculation = speculationOf(std::make_unique<ScriptedDrafter>(
            texts, [&wrong](int) { return wrong; }, draftCost));
        for (int answer = 0; answer < 20; ++answer, wrong = !wrong) {
            const Tried tried = decode(speculation, texts, guideLike, draftCost, kAnswer);
            speculation.forget(0);
            const double gain = tried.tokens * guideLike(1) / tried.seconds;
            QVERIFY2(gain > (wrong ? 0.98 : 1.3), qPrintable(QString::number(gain)));
        }
    }
}

void SpeculationChoiceTest::dearStepsAreNotTaken()
{
    const auto texts = textsOf(1);
    Speculation speculation = speculationOf(std::make_unique<ScriptedDrafter>(texts, everyOther));
    const Tried tried = decode(speculation, texts, computeBound);
    const double plain = tried.tokens * computeBound(1);
    QVERIFY2(tried.seconds < plain / 0.98, qPrintable(QString::number(tried.seconds / plain)));
}

void SpeculationChoiceTest::dearDraftsAreNotMade()
{
    const auto texts = textsOf(1);
    Speculation speculation =
        speculationOf(std::make_unique<ScriptedDrafter>(texts, everyOther, 0.9));
    const Tried tried = decode(speculation, texts, memoryBound, 0.9);
    const double plain = tried.tokens * memoryBound(1);
    QVERIFY2(tried.seconds < plain / 0.98, qPrintable(QString::number(tried.seconds / plain)));
}

void SpeculationChoiceTest::guessingComesBackWhereTheTextChanges()
{
    const auto texts = textsOf(1);
    const auto first = [](int position) { return position < 400; };
    Speculation speculation = speculationOf(std::make_unique<ScriptedDrafter>(texts, first, 0.02));
    const Tried tried = decode(speculation, texts, memoryBound, 0.02, 900);
    QVERIFY2(tried.tokens > 1500, qPrintable(QString::number(tried.tokens)));
}

void SpeculationChoiceTest::severalSequencesStayBelowTheKnee()
{
    // eight rows cost as much as one, more cost a whole step each
    const Cost knee = [](int rows) { return rows <= 8 ? 1. : 1. + (rows - 8); };
    const auto texts = textsOf(4);
    Speculation speculation = speculationOf(std::make_unique<ScriptedDrafter>(texts));
    (void)decode(speculation, texts, knee, 0., 100); // learns
    const Tried tried = decode(speculation, texts, knee, 0., 100);
    QVERIFY(tried.widest <= 8);
    QVERIFY(tried.tokens > 7 * tried.steps);
}

void SpeculationChoiceTest::besidePromptsOnlyLikelyFreeGuessesAreTaken()
{
    const auto texts = textsOf(2);
    struct Case {
        ScriptedDrafter::Spoils spoils;
        double cost;
        bool guesses;
    };
    const Case cases[] = {{{}, 0., true}, {always, 0., false}, {{}, 0.1, false}};
    for (const Case& now : cases) {
        Speculation speculation =
            speculationOf(std::make_unique<ScriptedDrafter>(texts, now.spoils, now.cost));
        (void)decode(speculation, texts, memoryBound, now.cost, 50);
        std::vector<Sequence> sequences(2);
        for (size_t i = 0; i < 2; ++i)
            sequences[i] = {.id = i, .tokens = texts.at(i), .slot = static_cast<int>(i)};
        sequences[0].tokens.resize(1000);
        sequences[0].computed = 999;

        speculation.propose(sequences);

        QCOMPARE(!sequences[0].proposed.empty(), now.guesses);
        QVERIFY(sequences[0].proposed.size() <= 4);
        QVERIFY(sequences[1].proposed.empty());
    }
}

QTEST_APPLESS_MAIN(SpeculationChoiceTest)
#include "speculation_choice_test.moc"
