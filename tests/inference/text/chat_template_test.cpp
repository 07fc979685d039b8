#include "inference/text/chat_template.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <random>

using namespace inglenook;

namespace {

const QString kTemplates = INGLENOOK_TEST_TEMPLATES;
const std::string kMessages = R"({"messages": [{"role": "user", "content": "Hi"}]})";

std::string contentsOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    return file.readAll().toStdString();
}

std::string rendered(std::string_view source, const std::string& inputs = kMessages)
{
    return ChatTemplate(source).render(inputs);
}

/// The sentence that a program or its inputs are refused with; "" if they are not.
std::string refusal(std::string_view source, const std::string& inputs = kMessages)
{
    try {
        (void)rendered(source, inputs);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

std::string repeated(std::string_view text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

class ChatTemplateTest : public QObject {
    Q_OBJECT

private slots:
    void rendersAsRecorded_data();
    void rendersAsRecorded();
    void expressionsGiveTheirValues_data();
    void expressionsGiveTheirValues();
    void hostileProgramsAreRefused_data();
    void hostileProgramsAreRefused();
    void brokenProgramsAreRefused_data();
    void brokenProgramsAreRefused();
    void brokenInputsAreRefused_data();
    void brokenInputsAreRefused();
    void damagedProgramsNeverCrash();
    void sentencesNameTheLine();
    void programsOwnWordsReachTheReader();
    void generationPromptIsTheDefault();
    void timeCanBeGiven();
    void invalidTextIsRepaired();
    void messagesAreNeverRun();
};

void ChatTemplateTest::rendersAsRecorded_data()
{
    QTest::addColumn<QString>("recording");
    const QStringList recordings = QDir(kTemplates + "/expected").entryList(QDir::Files);
    QVERIFY(recordings.size() > 70);
    for (const QString& recording : recordings)
        QTest::newRow(qPrintable(recording)) << recording;
}

void ChatTemplateTest::rendersAsRecorded()
{
    QFETCH(QString, recording);
    const QStringList parts = recording.split('.');
    const std::string source = contentsOf(kTemplates + "/" + parts[0] + ".jinja");
    const std::string inputs = contentsOf(kTemplates + "/messages/" + parts[1] + ".json");
    const std::string expected = contentsOf(kTemplates + "/expected/" + recording);

    if (parts[2] == "txt")
        QCOMPARE(rendered(source, inputs), expected);
    else
        QVERIFY(QString::fromStdString(refusal(source, inputs))
                    .endsWith(QString::fromStdString(expected)));
}

void ChatTemplateTest::expressionsGiveTheirValues_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* source, const char* text) {
        QTest::newRow(source) << source << text;
    };
    row("{{ 1e20 }} {{ 1e-5 }} {{ 0.1 }} {{ 100.0 }} {{ 1e15 }}",
        "1e+20 1e-05 0.1 100.0 1000000000000000.0");
    row("{{ 10 ** 2 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 7.5 // 2 }} {{ -7 % 3 }}", "100 0.5 4 3.0 2");
    row("{{ '%s is %d and %.2f' % ('x', 3, 1.5) }} {{ '%5s|%-5s|%05d' | format('a', 'b', 42) }}",
        "x is 3 and 1.50     a|b    |00042");
    row("{{ '{} {1} {}'.format('a', 'b') }} {{ '{x}!'.format(x=1) }}", "a b b 1!");
    row("{{ 'a-b-c'.rsplit('-', 1) }} {{ 'a\nb\r\nc'.splitlines() }}",
        "['a-b', 'c'] ['a', 'b', 'c']");
    row("{{ 'abc'.find('c') }} {{ 'abcb'.rfind('b') }} {{ 'aXbX'.count('X') }}", "2 3 2");
    row("{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }}", "x x");
    row("{{ '\u00c4\u00d6\u00fc'.lower() }} {{ '\u00e4\u03c3'.upper() }}",
        "\u00e4\u00f6\u00fc \u00c4\u03a3");
    row("{{ [1, 2, 3, 4, 5] | batch(2) | list }} {{ [1, 2, 3] | sum }} {{ [3, 1] | min }}",
        "[[1, 2], [3, 4], [5]] 6 1");
    row("{{ ['b', 'A', 'c'] | sort }} {{ ['b', 'A'] | sort(reverse=true) }}",
        "['A', 'b', 'c'] ['b', 'A']");
    row("{{ 2.5 | round }} {{ 3.14159 | round(2) }} {{ 2.1 | round(method='ceil') }}",
        "2.0 3.14 3.0");
    row("{{ {'\u00e9': '\u20ac\U0001f600'} | tojson(ensure_ascii=true) }}",
        "{\"\\u00e9\": \"\\u20ac\\ud83d\\ude00\"}");
    row("{{ {'b': 1, 'a': 2} | tojson(sort_keys=true, separators=(',', ':')) }}",
        "{\"a\":2,\"b\":1}");
    row("{{ {1: 'one', 'two': 2}[1] }} {{ {1: 'x'} }} {{ 1 in {1: 2} }}", "one {1: 'x'} True");
    row("{% set j = joiner(', ') %}{% for x in 'abc' %}{{ j() }}{{ x }}{% endfor %}", "a, b, c");
    row("{% for x in [1, 2, 3] %}{{ loop.cycle('odd', 'even') }} {% endfor %}", "odd even odd ");
    row("{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "3False");
    row("{% for a in [1, 2] %}{% for b in [1, 2] %}{% if b == 2 %}{% break %}{% endif %}{{ a }}{{ "
        "b }} {% endfor %}{% endfor %}",
        "11 21 ");
    row("{% filter trim | upper %}  x  {% endfilter %}{% set y | upper %}y{% endset %}{{ y }}",
        "XY");
    row("{{ dict(a=1, b=2) }} {{ namespace(a=1).a }} {{ dict({'x': 1}, y=2).keys() | list }}",
        "{'a': 1, 'b': 2} 1 ['x', 'y']");
    row("{{ nothing }}{{ nothing.x is defined if false else 'safe' }}", "safe");
    row("{{ (1, 2) }} {{ (1,) }} {{ () }} {{ 1, 2 }}", "(1, 2) (1,) () (1, 2)");
    row("{{ 'a' 'b' }} {{ \"it's\" }} {{ ['it\\'s', 'say \"x\"'] }}",
        "ab it's [\"it's\", 'say \"x\"']");
    row("{{ 'a\tb'.split() }} {{ ' a  b '.split(' ') }}", "['a', 'b'] ['', 'a', '', 'b', '']");
    row("{{ '\\u20ac\\x41\\n' }}|{{ '\\q' }}",
        "\u20ac"
        "A\n|\\q");
    row("{% macro f(x, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ f(1) }} {{ f(1, y=2) }}", "11 12");
    row("{{ [[1, 2], [3]] | map('length') | list }} {{ [{'a': {'b': 1}}] | map(attribute='a.b') | "
        "first }}",
        "[2, 1] 1");
    row("{{ none | selectattr('x') | list }} {{ [{'x': 0}, {'x': 1}] | selectattr('x') | list }}",
        "[] [{'x': 1}]");
    row("{{ 5 is divisibleby 5 }} {{ 3 is eq(3) }} {{ 'x' is sameas 'x' }} {{ not 1 is none }}",
        "True True True True");
    row("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1 != 2 }}", "True False True");
    row("a\n  {% if true %}\n  b\n  {% endif %}\nc\n\n", "a\n  b\nc\n");
    row("  {{- ' x ' -}}  \n y", " x y");
    row("{{ {'items': 1}['items'] }} {{ {'a': 1}.items() | list }}", "1 [('a', 1)]");
}

void ChatTemplateTest::expressionsGiveTheirValues()
{
    QFETCH(QString, source);
    QFETCH(QString, text);

    QCOMPARE(QString::fromStdString(rendered(source.toStdString())), text);
}

void ChatTemplateTest::hostileProgramsAreRefused_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& source, const char* reason) {
        QTest::newRow(name) << QByteArray::fromStdString(source) << reason;
    };
    row("loops in loops",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps");
    row("a huge range", "{% for a in range(1000000000) %}{% endfor %}", "100000 numbers");
    row("a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "too many");
    row("macros that call each other",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "too many");
    row("a huge product", "{{ 'x' * 999999999 }}", "steps");
    row("a huge product of long texts", "{{ ('x' * 9999) * 9999 }}", "MiB");
    row("a huge list", "{{ ([1] * 999999999) | length }}", "steps");
    row("a text that doubles",
        "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor "
        "%}",
        "");
    row("a list that doubles",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor "
        "%}",
        "steps");
    row("a list in itself",
        "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}",
        "nested");
    const std::string shared = "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(60) %}"
                               "{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}";
    row("lists with shared parts, compared", shared + "{{ n.x == n.y }}", "steps");
    row("lists with shared parts, ordered", shared + "{{ n.x < n.y }}", "steps");
    row("lists with shared parts, printed", shared + "{{ n.x }}", "");
    row("lists with shared parts, as JSON", shared + "{{ n.x | tojson }}", "");
    row("a replacement that explodes", "{{ ('a' * 99999) | replace('a', 'b' * 99999) }}", "8 MiB");
    row("a replacement of nothing", "{{ ('a' * 99999) | replace('', 'b' * 99999) }}", "8 MiB");
    row("a join that explodes", "{{ range(99999) | join('x' * 9999) }}", "MiB");
    row("an indent that explodes", "{{ ('a\n' * 99999) | indent(999) }}", "MiB");
    row("a wide format", "{{ '%999999999d' % 1 * 99999 }}", "MiB");
    row("filters by name", "{{ 'a' | map(" + repeated("'map', ", 9999) + "'upper') | list }}",
        "too many");
    row("brackets", "{{ " + repeated("(", 99999) + "1" + repeated(")", 99999) + " }}", "too many");
    row("lists in lists", "{{ " + repeated("[", 99999) + repeated("]", 99999) + " }}", "too many");
    row("negations", "{{ " + repeated("not ", 99999) + "1 }}", "too many");
    row("signs", "{{ " + repeated("- ", 99999) + "1 }}", "too many");
    row("a long sum", "{{ 1" + repeated(" + 1", 99999) + " }}", "too many");
    row("a long path", "{{ a" + repeated(".a", 99999) + " }}", "too many");
    row("filters in a row", "{{ a" + repeated("|e", 99999) + " }}", "too many");
    row("conditions in a row", "{{ a" + repeated(" if a else a", 9999) + " }}", "too many");
    row("blocks in blocks", repeated("{% if 1 %}", 9999) + repeated("{% endif %}", 9999),
        "too many");
    row("a search that is hard",
        "{% set h = 'a' * 4000000 %}{% set p = 'a' * 2000000 + 'b' %}{% for i in range(99) %}{{ p "
        "in h }}{% endfor %}",
        "steps");
    row("unlike items", "{{ range(30000) | map('string') | unique | list | length }}", "steps");
    row("a caller that outlives its block",
        "{% set n = namespace() %}{% macro m() %}{% set n.c = caller %}{% endmacro %}"
        "{% call m() %}x{% endcall %}{{ n.c() }}",
        "after its block");
    row("a large power", "{{ 2 ** 64 }}", "too large");
    row("a large sum", "{{ 9223372036854775807 + 1 }}", "too large");
    row("a large quotient", "{{ (-9223372036854775807 - 1) // -1 }}", "too large");
    row("a large number", "{{ 99999999999999999999 }}", "too large");
    row("a division by zero", "{{ 1 % 0 }}", "zero");
    row("a slice of nothing", "{{ 'abc'[::0] }}", "zero");
    row("a list is changed", "{{ messages.append(1) }}", "cannot be changed");
    row("an input is changed", "{% set messages.x = 1 %}", "namespace");
}

void ChatTemplateTest::hostileProgramsAreRefused()
{
    QFETCH(QByteArray, source);
    QFETCH(QString, reason);

    const std::string sentence = refusal(source.toStdString());

    QVERIFY(!sentence.empty());
    QVERIFY2(sentence.find(reason.toStdString()) != std::string::npos, sentence.c_str());
    QVERIFY(sentence.size() < 200 && sentence.ends_with('.'));
}

void ChatTemplateTest::brokenProgramsAreRefused_data()
{
    QTest::addColumn<QString>("source");
    for (const char* source : {"{{",
                               "{{ }}",
                               "{% %}",
                               "{{ a",
                               "{{ a }",
                               "{% if a %}",
                               "{% if %}{% endif %}",
                               "{% endif %}",
                               "{% for %}{% endfor %}",
                               "{% for a in b %}",
                               "{% else %}",
                               "{% set %}",
                               "{% set a = %}",
                               "{% macro %}{% endmacro %}",
                               "{% macro a( %}{% endmacro %}",
                               "{# never ends",
                               "{% raw %}",
                               "{{ 'a }}",
                               "{{ a | }}",
                               "{{ a is }}",
                               "{{ a. }}",
                               "{{ a[ }}",
                               "{{ a[] }}",
                               "{{ (1 }}",
                               "{{ [1 }}",
                               "{{ {'a' }}",
                               "{{ {'a': } }}",
                               "{{ 1 + }}",
                               "{{ a b }}",
                               "{{ $ }}",
                               "{% include 'x' %}",
                               "{% import 'x' as y %}",
                               "{% extends 'x' %}",
                               "{% block a %}",
                               "{% break %}",
                               "{% continue %}",
                               "{% for a in b recursive %}{% endfor %}",
                               "{{ f(*a) }}",
                               "{{ f(**a) }}",
                               "{% call 1 %}{% endcall %}",
                               "{{ '\\ud800' }}",
                               "{{ '\\xzz' }}",
                               "{{ a | nonesuch }}",
                               "{{ 1 is nonesuch }}",
                               "{{ nonesuch() }}",
                               "{{ 'a'.nonesuch() }}",
                               "{{ nonesuch.a }}",
                               "{{ 'a' + 1 }}",
                               "{{ -'a' }}",
                               "{{ 1 < 'a' }}",
                               "{{ 1 in 2 }}",
                               "{% for x in 1 %}{% endfor %}",
                               "{% set a, b = 1 %}",
                               "{% set a, b = [1] %}",
                               "{{ range(1, 2, 0) }}",
                               "{{ '%d' % 'x' }}",
                               "{{ '%' % 1 }}",
                               "{{ 'a'.split('') }}",
                               "{{ range | tojson }}",
                               "{{ [][0] + 1 }}",
                               "{{ {[]: 1} }}",
                               "{{ 'x' | batch(0) }}"})
        QTest::newRow(source) << source;
}

void ChatTemplateTest::brokenProgramsAreRefused()
{
    QFETCH(QString, source);

    const std::string sentence = refusal(source.toStdString());

    QVERIFY(sentence.starts_with("The model's chat template "));
    QVERIFY(sentence.ends_with('.'));
}

void ChatTemplateTest::brokenInputsAreRefused_data()
{
    QTest::addColumn<QByteArray>("inputs");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("{\"messages\": [}");
    QTest::newRow("not an object") << QByteArray("[]");
    QTest::newRow("no messages") << QByteArray("{}");
    QTest::newRow("deep") << QByteArray("{\"messages\": " + QByteArray(99'999, '[') +
                                        QByteArray(99'999, ']') + "}");
}

void ChatTemplateTest::brokenInputsAreRefused()
{
    QFETCH(QByteArray, inputs);

    QVERIFY(!refusal("x", inputs.toStdString()).empty());
}

void ChatTemplateTest::damagedProgramsNeverCrash()
{
    const std::string inputs = contentsOf(kTemplates + "/messages/tools.json");
    std::mt19937 random(4);
    int refused = 0;
    for (const char* name : {"features", "qwen3", "types", "mistral"}) {
        const std::string good = contentsOf(kTemplates + "/" + name + ".jinja");
        for (int i = 0; i < 150; ++i) {
            std::string damaged = good;
            for (auto edits = 1 + random() % 3; edits > 0; --edits) {
                const size_t from = random() % damaged.size();
                const size_t to = random() % damaged.size();
                const size_t length = random() % 12;
                // Moving parts of the program about keeps more of it sensible than random bytes.
                if (random() % 2)
                    damaged.insert(to, damaged.substr(from, length));
                else
                    damaged.erase(from, length);
            }
            refused += !refusal(damaged, inputs).empty();
        }
    }
    QVERIFY(refused > 100);
}

void ChatTemplateTest::sentencesNameTheLine()
{
    QCOMPARE(refusal("a\nb\n{{ 1 | nonesuch }}"),
             std::string("The model's chat template failed in line 3: there is no filter "
                         "'nonesuch'."));
    QCOMPARE(refusal("a\n{% if x"),
             std::string("The model's chat template cannot be read: line 2: a tag does not end."));
}

void ChatTemplateTest::programsOwnWordsReachTheReader()
{
    QCOMPARE(refusal("{{ raise_exception('Roles must alternate!') }}"),
             std::string("The model's chat template refuses these messages: Roles must "
                         "alternate!"));
}

void ChatTemplateTest::generationPromptIsTheDefault()
{
    const char* source = "{{ add_generation_prompt }}";

    QCOMPARE(rendered(source), std::string("True"));
    QCOMPARE(rendered(source, R"({"messages": [], "add_generation_prompt": false})"),
             std::string("False"));
}

void ChatTemplateTest::timeCanBeGiven()
{
    const char* source = "{{ strftime_now('%d %b %Y %H:%M') }}";

    QCOMPARE(rendered(source, R"({"messages": [], "now": "2026-11-21 10:05:00"})"),
             std::string("21 Nov 2026 10:05"));
    QVERIFY(!rendered(source).empty());
    QVERIFY(!refusal(source, R"({"messages": [], "now": "yesterday"})").empty());
}

void ChatTemplateTest::invalidTextIsRepaired()
{
    QCOMPARE(rendered("\xff{{ messages[0] }}", "{\"messages\": [\"a\xf0\x9f\"]}"),
             std::string("\xef\xbf\xbd"
                         "a\xef\xbf\xbd"));
}

void ChatTemplateTest::messagesAreNeverRun()
{
    QCOMPARE(rendered("{{ messages[0] }}{% set x = messages[0] %}{{ x ~ '' }}",
                      R"({"messages": ["{{ 1 + 1 }}{% raw %}"]})"),
             repeated("{{ 1 + 1 }}{% raw %}", 2));
}

QTEST_APPLESS_MAIN(ChatTemplateTest)
#include "chat_template_test.moc"
