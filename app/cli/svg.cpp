#include "app/cli/svg.h"

#include <cmath>
#include <cstdio>

namespace inglenook {

namespace {

constexpr const char* kStyle =
    "text{font:14px 'Helvetica Neue',Arial,sans-serif;fill:#333}.title{font-size:21px;"
    "font-weight:600;fill:#111}.caption{font-size:15px;font-weight:600}.small{font-size:12px;"
    "fill:#666}.grid{stroke:#e4e4e4}.axis{stroke:#888}.curve{fill:none;stroke-width:2.2}"
    ".guide{stroke:#aaa;stroke-dasharray:3 5}";

std::string escaped(const std::string& text)
{
    std::string out;
    for (const char c : text)
        out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
}

} // namespace

std::string svgBegin(double width, double height)
{
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" +
        number(height) + "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
        "\">\n<style>" + kStyle + "</style>\n<rect width=\"" + number(width) + "\" height=\"" +
        number(height) + "\" fill=\"#fff\"/>\n";
}

const char* curveColour(size_t curve)
{
    static constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73",
                                               "#cc79a7", "#e69f00", "#56b4e9"};
    return kColours[curve % std::size(kColours)];
}

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string grouped(double value)
{
    std::string text = number(value);
    if (value < 1000. || value >= 1e6)
        return text;
    return text.insert(text.size() - 3, ",");
}

std::string textAt(Point at, const std::string& anchor, const std::string& kind,
                   const std::string& text)
{
    return "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" text-anchor=\"" + anchor +
        "\" class=\"" + kind + "\">" + escaped(text) + "</text>\n";
}

std::string lineFrom(Point from, Point to, const std::string& kind)
{
    return "<line x1=\"" + number(from.x) + "\" y1=\"" + number(from.y) + "\" x2=\"" +
        number(to.x) + "\" y2=\"" + number(to.y) + "\" class=\"" + kind + "\"/>\n";
}

std::vector<double> logarithmicTicks(double least, double most)
{
    std::vector<double> ticks;
    double decade = std::pow(10., std::floor(std::log10(least)));
    for (; ticks.empty() || ticks.back() < most; decade *= 10.) {
        for (const double step : {1., 2., 5.}) {
            if (step * decade <= least)
                ticks.clear();
            if (ticks.empty() || ticks.back() < most)
                ticks.push_back(step * decade);
        }
    }
    return ticks;
}

std::vector<double> linearTicks(double most)
{
    double step = std::pow(10., std::floor(std::log10(most)));
    for (const double finer : {0.5, 0.4, 0.5}) {
        if (most / step < 3.)
            step *= finer;
    }
    std::vector<double> ticks{0.};
    while (ticks.back() < most)
        ticks.push_back(ticks.back() + step);
    return ticks;
}

} // namespace inglenook
