#pragma once

#include "kernels/backend.h"

#include <functional>
#include <string>
#include <vector>

namespace inglenook {

namespace self_test {
class Trial;
}

/// What one case found. Errors are measured as shares of the tolerance that follows from the number
/// formats and the length of the sums; exact results have no tolerance.
struct OperatorResult {
    std::string operation; // as in backend.h: "matmul"
    std::string format; // of the weights: "Q4_K"; "" where there are none
    std::string shape; // "17 rows, 256 -> 33"
    double worst = 0; // the greatest share of a tolerance that an error takes
    std::string element; // where that was: "row 3, column 17"
    double actual = 0; // the device's value there
    double expected = 0; // the reference's
    std::string problem; // what is wrong beyond a number, or ""

    [[nodiscard]] bool ok() const { return problem.empty() && worst <= 1; }
    /// One line for a person.
    [[nodiscard]] std::string text() const;
};

/// One claim about one operator, testable on any backend.
struct OperatorCase {
    std::string operation;
    std::string format;
    std::string shape;
    bool quick = false; // one of the few that together touch every operator and format
    std::function<void(self_test::Trial&)> run;

    [[nodiscard]] std::string name() const; // unique among the cases
};

/// All cases, those of one operator beside each other.
[[nodiscard]] std::vector<OperatorCase> selfTestCases();

/// Runs a case on a device and on the reference backend, which the caller owns. Whatever is thrown
/// on the way becomes the result's problem.
[[nodiscard]] OperatorResult runCase(Backend& device, Backend& reference, const OperatorCase& test);

} // namespace inglenook
