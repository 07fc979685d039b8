#pragma once

#include "kernels/self_test/self_test.h"
#include "kernels/self_test/workspace.h"

namespace inglenook::self_test {

/// Computes the chosen rows of an operator's result. Its tensors come from a workspace.
using RowWork = std::function<Matrix(std::span<const int> rows)>;

/// Loads what all rows share and returns the work.
using Preparation = std::function<RowWork(Workspace&)>;

/// How far a value may be from the expected one. 0: not at all.
using Tolerance = std::function<double(int row, int col, double expected)>;

[[nodiscard]] inline double exact(int, int, double)
{
    return 0;
}

/// One run of a case: two backends and the result in progress.
class Trial {
public:
    Trial(Backend& device, Backend& reference, OperatorResult& result)
        : m_device(device)
        , m_reference(reference)
        , m_result(result)
    {
    }

    /// Claims that the device's rows 0 .. rows - 1 are the reference's.
    void agree(const Preparation& prepare, int rows, Placement placement,
               const Tolerance& tolerance);

    /// Claims that on the device each row computed alone has the very bits that it has among 2 to
    /// 16, 33 and 64 others (as far as there are `rows`) and in reverse order.
    void standAlone(const Preparation& prepare, int rows);

    /// Compares values; `what` begins the message of a failure.
    void compare(const Matrix& actual, const Matrix& expected, const Tolerance& tolerance);
    /// Compares bits.
    void same(const Matrix& actual, const Matrix& expected, const std::string& what);
    void fail(const std::string& problem);

    [[nodiscard]] Backend& device() { return m_device; }
    [[nodiscard]] Backend& reference() { return m_reference; }

private:
    Backend& m_device;
    Backend& m_reference;
    OperatorResult& m_result;
};

} // namespace inglenook::self_test
