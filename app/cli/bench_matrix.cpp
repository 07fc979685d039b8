#include "app/cli/bench_matrix.h"

#include "app/cli/bench_pass.h"
#include "kernels/backend.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>

namespace inglenook {
namespace {

/// A model that is measured, and the column that it fills.
struct Bench {
    std::unique_ptr<BenchedModel> model;
    MatrixColumn column;
    int longest = 0; // context that there is memory for
    std::vector<double> bandwidths;
};

int widestStep(const MatrixWish& wish)
{
    return std::max(wish.prompt, wish.rows.back());
}

/// The model on a device, with the longest of the contexts for which there is memory.
Bench loadOn(const std::string& device, const std::string& kvType, const MatrixWish& wish,
             std::vector<std::string>& leftOut)
{
    std::vector<int> contexts = wish.contexts;
    LoadRequest request = wish.model;
    request.device = device;
    request.kvType = kvType;
    request.sequences = 1;
    for (;;) {
        request.contextTokens = contexts.back() + widestStep(wish);
        try {
            Bench bench{.model = std::make_unique<BenchedModel>(request),
                        .longest = contexts.back()};
            bench.column = {.device = device,
                            .name = bench.model->facts().device,
                            .cacheType = bench.model->cacheType()};
            return bench;
        } catch (const std::runtime_error& error) {
            if (contexts.size() == 1)
                throw;
            leftOut.push_back("context " + std::to_string(contexts.back()) + " on " + device +
                              ": " + error.what());
            contexts.pop_back();
        }
    }
}

/// Runs every kind of step at one context once, which prepares it, and keeps those that are quick
/// enough.
void chooseCells(Bench& bench, int context, const MatrixWish& wish,
                 std::vector<std::string>& leftOut)
{
    const std::string place =
        " behind " + std::to_string(context) + " tokens on " + bench.column.device;
    std::vector<int> rows = wish.rows;
    if (wish.prompt > kDecodeRows)
        rows.push_back(wish.prompt);
    double seconds = 0.;
    int before = 0;
    for (const int count : rows) {
        // A row costs at most what it does in a narrower step
        if (before > 0 && seconds * count / before > wish.limit) {
            leftOut.push_back("from " + std::to_string(count) + " rows" + place +
                              ": a step might take longer than " +
                              std::to_string(std::lround(wish.limit)) + " s");
            return;
        }
        seconds = bench.model->secondsOf(count, context);
        before = count;
        bench.column.cells.push_back({.context = context, .rows = count});
    }
}

void chooseCells(Bench& bench, const MatrixWish& wish, std::vector<std::string>& leftOut)
{
    const int room = bench.model->facts().contextTokens - widestStep(wish);
    for (const int context : wish.contexts) {
        if (context <= room)
            chooseCells(bench, context, wish, leftOut);
        else if (room > context / 20 * 19) // a model of 32k ends within the step behind 32k
            chooseCells(bench, room, wish, leftOut);
        else if (bench.longest >= context)
            leftOut.push_back("context " + std::to_string(context) + " on " + bench.column.device +
                              ": the model was made for " +
                              std::to_string(bench.model->facts().contextTokens) + " tokens");
    }
}

void measurePass(Bench& bench)
{
    const double first = bench.model->measureReadBandwidth();
    for (MatrixCell& cell : bench.column.cells)
        cell.seconds.push_back(bench.model->secondsOf(cell.rows, cell.context));
    const double bandwidth = (first + bench.model->measureReadBandwidth()) / 2.;
    if (bandwidth <= 0.)
        return;
    bench.bandwidths.push_back(bandwidth);
    for (MatrixCell& cell : bench.column.cells)
        cell.shares.push_back(static_cast<double>(bench.model->bytesRead(cell.context)) /
                              cell.seconds.back() / bandwidth);
}

} // namespace

double MatrixCell::tokensPerSecond() const
{
    return rows / median(seconds);
}

const MatrixCell* MatrixColumn::cell(int context, int rows) const
{
    const auto found = std::ranges::find_if(
        cells, [&](const MatrixCell& c) { return c.context == context && c.rows == rows; });
    return found == cells.end() ? nullptr : &*found;
}

double MatrixColumn::cost(const MatrixCell& of) const
{
    const MatrixCell* single = cell(of.context, 1);
    if (!single)
        return 0.;
    std::vector<double> costs;
    for (size_t pass = 0; pass < of.seconds.size(); ++pass)
        costs.push_back(of.seconds[pass] / single->seconds[pass]);
    return median(costs);
}

std::vector<int> Matrix::contexts() const
{
    std::set<int> all;
    for (const MatrixColumn& column : columns)
        for (const MatrixCell& cell : column.cells)
            all.insert(cell.context);
    return {all.begin(), all.end()};
}

std::vector<int> Matrix::rows() const
{
    std::set<int> all;
    for (const MatrixColumn& column : columns)
        for (const MatrixCell& cell : column.cells)
            all.insert(cell.rows);
    return {all.begin(), all.end()};
}

Matrix measureMatrix(const MatrixWish& asked)
{
    MatrixWish wish = asked;
    std::ranges::sort(wish.rows);
    std::ranges::sort(wish.contexts);
    Matrix matrix{.prompt = wish.prompt};
    std::vector<Bench> benches;
    for (const std::string& device : wish.devices)
        for (const std::string& kvType : wish.kvTypes) {
            try {
                Bench bench = loadOn(device, kvType, wish, matrix.leftOut);
                chooseCells(bench, wish, matrix.leftOut);
                benches.push_back(std::move(bench));
            } catch (const std::runtime_error& error) {
                if (wish.devices.size() * wish.kvTypes.size() == 1)
                    throw;
                const std::string which = wish.kvTypes.size() > 1 ? ", cache " + kvType : "";
                matrix.leftOut.push_back(device + which + ": " + error.what());
            }
        }
    if (benches.empty())
        throw std::runtime_error("None of these devices can be measured. " + matrix.leftOut.back());
    for (int pass = 0; pass < wish.passes; ++pass)
        for (Bench& bench : benches)
            measurePass(bench);
    for (Bench& bench : benches) {
        matrix.model = bench.model->facts().name;
        matrix.bytesPerToken = bench.model->bytesRead(0);
        if (!bench.bandwidths.empty())
            bench.column.readBandwidth = median(bench.bandwidths);
        matrix.columns.push_back(std::move(bench.column));
    }
    return matrix;
}

} // namespace inglenook
