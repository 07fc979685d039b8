#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace inglenook {

// What pictures of figures are drawn with: pieces of SVG.

struct Point {
    double x;
    double y;
};

/// The beginning of a picture of that size, with the styles that the rest names: title, caption,
/// small (text); grid, axis, curve, guide (lines). It ends with "</svg>".
[[nodiscard]] std::string svgBegin(double width, double height);

/// A colour for each curve, told apart with any kind of colour vision (Okabe & Ito 2008).
[[nodiscard]] const char* curveColour(size_t curve);

/// Six digits at most.
[[nodiscard]] std::string number(double value);
/// 1500 as 1,500.
[[nodiscard]] std::string grouped(double value);

/// `anchor` is start, middle or end.
[[nodiscard]] std::string textAt(Point at, const std::string& anchor, const std::string& kind,
                                 const std::string& text);
[[nodiscard]] std::string lineFrom(Point from, Point to, const std::string& kind);

/// 1, 2, 5, 10, ... from the last that is not above `least` to the first that is not below `most`.
[[nodiscard]] std::vector<double> logarithmicTicks(double least, double most);
/// 0 and up to about six more.
[[nodiscard]] std::vector<double> linearTicks(double most);

} // namespace inglenook
