#include "kernels/self_test/trial.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace inglenook::self_test {

namespace {

std::string place(int row, int col)
{
    return "row " + std::to_string(row) + ", column " + std::to_string(col);
}

Matrix computed(Workspace& on, const RowWork& work, std::span<const int> rows)
{
    Matrix result = work(rows);
    on.checkGuards();
    on.release();
    return result;
}

} // namespace

void Trial::agree(const Preparation& prepare, int rows, Placement placement,
                  const Tolerance& tolerance)
{
    const std::vector<int> all = consecutive(0, rows);
    Workspace device(m_device, placement);
    const RowWork work = prepare(device);
    device.keep();
    Workspace reference(m_reference, Placement::Packed);
    const RowWork definition = prepare(reference);
    reference.keep();
    compare(computed(device, work, all), computed(reference, definition, all), tolerance);
}

void Trial::standAlone(const Preparation& prepare, int rows)
{
    Workspace on(m_device, Placement::Packed);
    const RowWork work = prepare(on);
    on.keep();
    Matrix alone;
    for (int r = 0; r < rows; ++r) {
        const Matrix one = computed(on, work, {&r, 1});
        alone.cols = one.cols;
        alone.rows += one.rows;
        alone.values.insert(alone.values.end(), one.values.begin(), one.values.end());
    }

    std::vector<int> counts = consecutive(2, 15);
    counts.insert(counts.end(), {33, 64});
    for (const int count : counts) {
        if (count > rows)
            break;
        const std::vector<int> first = consecutive(0, count);
        same(computed(on, work, first), alone.chosen(first), "among " + std::to_string(count));
    }
    std::vector<int> reversed = consecutive(0, std::min(rows, kDecodeRows));
    std::ranges::reverse(reversed);
    same(computed(on, work, reversed), alone.chosen(reversed), "in reverse order");
}

void Trial::compare(const Matrix& actual, const Matrix& expected, const Tolerance& tolerance)
{
    if (actual.rows != expected.rows || actual.cols != expected.cols)
        return fail("The result has another size than the reference's");
    for (int r = 0; r < actual.rows; ++r) {
        for (int c = 0; c < actual.cols; ++c) {
            const double a = actual.at(r, c);
            const double e = expected.at(r, c);
            const double error = std::fabs(a - e);
            double share = error == 0 ? 0 : error / tolerance(r, c, e);
            if (std::isnan(share)) // of a value or of 0 / 0
                share = std::numeric_limits<double>::infinity();
            if (share > m_result.worst) {
                m_result.worst = share;
                m_result.element = place(r, c);
                m_result.actual = a;
                m_result.expected = e;
            }
        }
    }
}

void Trial::same(const Matrix& actual, const Matrix& expected, const std::string& what)
{
    for (int r = 0; r < expected.rows; ++r) {
        for (int c = 0; c < expected.cols; ++c) {
            const float a = actual.at(r, c);
            const float e = expected.at(r, c);
            if (std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(e) && !std::isnan(a))
                continue;
            m_result.worst = std::numeric_limits<double>::infinity();
            m_result.element = place(r, c);
            m_result.actual = a;
            m_result.expected = e;
            return fail("A row has other bits " + what);
        }
    }
}

void Trial::fail(const std::string& problem)
{
    if (m_result.problem.empty())
        m_result.problem = problem;
}

} // namespace inglenook::self_test
