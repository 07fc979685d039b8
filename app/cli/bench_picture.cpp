// Two charts side by side over the rows of a step: tokens per second, and what a step costs against
// one row. A colour is a device, a dash is a context.

#include "app/cli/bench_matrix.h"
#include "app/cli/bench_pass.h"
#include "app/cli/svg.h"
#include "kernels/backend.h"

#include <algorithm>
#include <cmath>

namespace inglenook {
namespace {

constexpr double kWidth = 1080.;
constexpr double kTop = 96.;
constexpr double kPlotWidth = 410.;
constexpr double kPlotHeight = 330.;
constexpr double kLegendLine = 24.;

/// Where the values of one chart lie. Rows are spaced by their logarithm; a prompt has its own
/// place behind them.
class Plot {
public:
    Plot(double left, const std::vector<int>& rows, bool withPrompt, bool logarithmic, double least,
         double most)
        : m_left(left)
        , m_mostRows(rows.empty() ? 1 : std::max(2, rows.back()))
        , m_withPrompt(withPrompt)
        , m_logarithmic(logarithmic)
        , m_least(scaled(least))
        , m_most(scaled(most))
    {
    }

    [[nodiscard]] double left() const { return m_left; }
    [[nodiscard]] double xOf(int rows) const
    {
        constexpr double kMargin = 24.;
        if (rows > kDecodeRows)
            return m_left + kPlotWidth - kMargin;
        const double width = kPlotWidth - 2. * kMargin - (m_withPrompt ? 60. : 0.);
        return m_left + kMargin + width * std::log2(rows) / std::log2(m_mostRows);
    }
    [[nodiscard]] double yOf(double value) const
    {
        const double part = (scaled(value) - m_least) / (m_most - m_least);
        return kTop + kPlotHeight * (1. - part);
    }

    [[nodiscard]] std::string frame(const std::string& caption, const std::vector<double>& ticks,
                                    const std::vector<int>& rows, int prompt) const
    {
        const double bottom = kTop + kPlotHeight;
        std::string out = textAt({m_left, kTop - 18.}, "start", "caption", caption);
        for (const double tick : ticks) {
            const double y = yOf(tick);
            out += lineFrom({m_left, y}, {m_left + kPlotWidth, y}, "grid");
            out += textAt({m_left - 8., y + 5.}, "end", "", grouped(tick));
        }
        out += lineFrom({m_left, bottom}, {m_left + kPlotWidth, bottom}, "axis");
        for (const int count : rows) {
            out += lineFrom({xOf(count), bottom}, {xOf(count), bottom + 5.}, "axis");
            out += textAt({xOf(count), bottom + 21.}, "middle", "", std::to_string(count));
        }
        if (m_withPrompt) {
            out += textAt({xOf(prompt), bottom + 21.}, "middle", "", std::to_string(prompt));
            out += textAt({xOf(prompt), bottom + 38.}, "middle", "small", "prompt");
        }
        return out +
            textAt({(xOf(1) + xOf(m_mostRows)) / 2., bottom + 42.}, "middle", "",
                   "rows of a step (tokens computed together)");
    }

private:
    [[nodiscard]] double scaled(double value) const
    {
        return m_logarithmic ? std::log10(value) : value;
    }

    double m_left;
    int m_mostRows;
    bool m_withPrompt;
    bool m_logarithmic;
    double m_least;
    double m_most;
};

/// How the curves of one context look: dashes join its marks, which tell lone prompts apart too.
struct Look {
    const char* dash;
    bool filled;
    bool round;
};

Look lookOf(size_t context)
{
    static constexpr Look kLooks[] = {{"none", true, true},
                                      {"8 4", false, true},
                                      {"2 4", false, false},
                                      {"12 4 2 4", true, false}};
    return kLooks[context % std::size(kLooks)];
}

std::string mark(Point at, const std::string& colour, const Look& look)
{
    const std::string paint = "\" fill=\"" + (look.filled ? colour : "#fff") + "\" stroke=\"" +
        colour + "\" stroke-width=\"2\"/>\n";
    if (look.round)
        return "<circle cx=\"" + number(at.x) + "\" cy=\"" + number(at.y) + "\" r=\"3.6" + paint;
    return "<rect x=\"" + number(at.x - 3.6) + "\" y=\"" + number(at.y - 3.6) +
        "\" width=\"7.2\" height=\"7.2" + paint;
}

/// Points joined in their order; one alone is a mark.
std::string curve(const std::vector<Point>& points, const std::string& colour, const Look& look)
{
    std::string path;
    std::string marks;
    for (const Point& p : points) {
        path += (path.empty() ? "M" : "L") + number(p.x) + " " + number(p.y);
        marks += mark(p, colour, look);
    }
    return "<path d=\"" + path + "\" class=\"curve\" stroke=\"" + colour +
        "\" stroke-dasharray=\"" + look.dash + "\"/>\n" + marks;
}

/// What a chart shows of a cell.
using Value = double (*)(const MatrixColumn&, const MatrixCell&);

double speedOf(const MatrixColumn&, const MatrixCell& cell)
{
    return cell.tokensPerSecond();
}

double costOf(const MatrixColumn& column, const MatrixCell& cell)
{
    return column.cost(cell);
}

/// The curves of all columns and contexts; prompts stand apart from the decoding steps.
std::string curves(const Matrix& matrix, const Plot& plot, Value value, bool withPrompt)
{
    std::string out;
    const std::vector<int> contexts = matrix.contexts();
    for (size_t c = 0; c < matrix.columns.size(); ++c) {
        const MatrixColumn& column = matrix.columns[c];
        const char* colour = curveColour(c);
        for (size_t i = 0; i < contexts.size(); ++i) {
            std::vector<Point> decode;
            std::vector<Point> prompt;
            for (const MatrixCell& cell : column.cells) {
                if (cell.context != contexts[i])
                    continue;
                const Point point{plot.xOf(cell.rows), plot.yOf(value(column, cell))};
                (cell.rows > kDecodeRows ? prompt : decode).push_back(point);
            }
            if (!decode.empty())
                out += curve(decode, colour, lookOf(i));
            if (!prompt.empty() && withPrompt)
                out += curve(prompt, colour, lookOf(i));
        }
    }
    return out;
}

std::string legend(const Matrix& matrix, double top)
{
    const std::vector<int> contexts = matrix.contexts();
    std::string out;
    double y = top;
    for (size_t c = 0; c < matrix.columns.size(); ++c, y += kLegendLine) {
        out += "<rect x=\"80\" y=\"" + number(y - 12.) +
            "\" width=\"14\" height=\"14\" rx=\"3\" fill=\"" + curveColour(c) + "\"/>\n";
        out += textAt({104., y}, "start", "",
                      matrix.columns[c].name + ", cache " + matrix.columns[c].cacheType);
    }
    y = top;
    for (size_t i = 0; i < contexts.size(); ++i, y += kLegendLine) {
        out += curve({{620., y - 5.}, {642., y - 5.}, {664., y - 5.}}, "#555", lookOf(i));
        out +=
            textAt({680., y}, "start", "", "behind " + grouped(contexts[i]) + " tokens of context");
    }
    return out;
}

std::string speedChart(const Matrix& matrix, const std::vector<int>& rows, bool withPrompt)
{
    double least = 1e300;
    double most = 0.;
    for (const MatrixColumn& column : matrix.columns)
        for (const MatrixCell& cell : column.cells) {
            least = std::min(least, cell.tokensPerSecond());
            most = std::max(most, cell.tokensPerSecond());
        }
    const std::vector<double> ticks = logarithmicTicks(least, most);
    const Plot plot(80., rows, withPrompt, true, ticks.front(), ticks.back());
    return plot.frame("Tokens per second", ticks, rows, matrix.prompt) +
        curves(matrix, plot, speedOf, withPrompt);
}

std::string costChart(const Matrix& matrix, const std::vector<int>& rows)
{
    double most = 2.;
    for (const MatrixColumn& column : matrix.columns)
        for (const MatrixCell& cell : column.cells)
            if (cell.rows <= kDecodeRows)
                most = std::max(most, column.cost(cell));
    const std::vector<double> ticks = linearTicks(most);
    const Plot plot(620., rows, false, false, 0., ticks.back());
    std::string out = plot.frame("Cost of a step, one row = 1", ticks, rows, matrix.prompt);
    std::vector<Point> noGain;
    for (double cost = 1.; cost <= std::min<double>(ticks.back(), rows.back()); cost += 0.25) {
        const double share = std::log2(cost) / std::log2(std::max(2, rows.back()));
        noGain.push_back(
            {plot.xOf(1) + share * (plot.xOf(rows.back()) - plot.xOf(1)), plot.yOf(cost)});
    }
    for (size_t i = 1; i < noGain.size(); ++i)
        out += lineFrom(noGain[i - 1], noGain[i], "guide");
    out += textAt({noGain.back().x - 8., noGain.back().y + 18.}, "end", "small",
                  "as much as one by one");
    return out + curves(matrix, plot, costOf, false);
}

} // namespace

std::string pictureOf(const Matrix& matrix)
{
    std::vector<int> rows = matrix.rows();
    const bool withPrompt = std::erase_if(rows, [](int r) { return r > kDecodeRows; }) > 0;
    const double legendTop = kTop + kPlotHeight + 84.;
    const size_t lines = std::max(matrix.columns.size(), matrix.contexts().size());
    const double height = legendTop + static_cast<double>(lines) * kLegendLine;
    std::string out = svgBegin(kWidth, height);
    out += textAt({80., 40.}, "start", "title",
                  matrix.model + ", " +
                      number(std::round(static_cast<double>(matrix.bytesPerToken) / 1e6)) +
                      " MB of weights a token");
    out += speedChart(matrix, rows, withPrompt);
    if (!rows.empty() && rows.front() == 1 && rows.size() > 1)
        out += costChart(matrix, rows);
    return out + legend(matrix, legendTop) + "</svg>\n";
}

} // namespace inglenook
