#include "app/cli/bench_matrix.h"
#include "app/cli/bench_pass.h"

#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace inglenook {
namespace {

/// As printf; of lines shorter than 256 characters.
__attribute__((format(printf, 1, 2))) std::string line(const char* form, ...)
{
    char text[256];
    va_list values;
    va_start(values, form);
    std::vsnprintf(text, sizeof text, form, values);
    va_end(values);
    return text;
}

double shareOf(const MatrixCell& cell)
{
    return cell.shares.empty() ? 0. : median(cell.shares);
}

/// A device's name may hold any characters.
std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string tableOf(const MatrixColumn& column, const Matrix& matrix)
{
    const std::vector<int> contexts = matrix.contexts();
    std::string text = "\n" + column.name + ", cache " + column.cacheType;
    if (column.readBandwidth > 0.)
        text += line(", reads %.1f GB/s", column.readBandwidth / 1e9);
    text += "\n      ";
    for (const int context : contexts)
        text += line("  |%20s %-6d", "behind", context);
    text += "\n  rows";
    for (size_t i = 0; i < contexts.size(); ++i)
        text += "  |       ms   tokens/s   cost";
    text += "\n";
    for (const int rows : matrix.rows()) {
        text += line("%6d", rows);
        for (const int context : contexts) {
            const MatrixCell* cell = column.cell(context, rows);
            text += cell ? line("  | %8.3f %10.1f %6.2f", median(cell->seconds) * 1e3,
                                cell->tokensPerSecond(), column.cost(*cell))
                         : line("  | %8s %10s %6s", "-", "-", "-");
        }
        text += "\n";
    }
    for (const int context : contexts) {
        const MatrixCell* single = column.cell(context, 1);
        if (single && shareOf(*single) > 0.)
            text += line("One row behind %d tokens uses %.0f %% of what memory can be read at.\n",
                         context, shareOf(*single) * 100.);
    }
    return text;
}

} // namespace

std::string tableOf(const Matrix& matrix)
{
    std::string text = matrix.model +
        line(", %.1f MB of weights a token\n", static_cast<double>(matrix.bytesPerToken) / 1e6);
    for (const MatrixColumn& column : matrix.columns)
        text += tableOf(column, matrix);
    for (const std::string& what : matrix.leftOut)
        text += "left out: " + what + "\n";
    return text;
}

std::string csvOf(const Matrix& matrix)
{
    std::string text = "model,device,name,cache,context,rows,step_seconds,tokens_per_second,cost,"
                       "read_bandwidth,share\n";
    for (const MatrixColumn& column : matrix.columns)
        for (const MatrixCell& cell : column.cells)
            text += quoted(matrix.model) + "," + quoted(column.device) + "," + quoted(column.name) +
                line(",%s,%d,%d,%.9g,%.6g,%.4g,%.6g,%.4g\n", column.cacheType.c_str(), cell.context,
                     cell.rows, median(cell.seconds), cell.tokensPerSecond(), column.cost(cell),
                     column.readBandwidth, shareOf(cell));
    return text;
}

std::string jsonOf(const Matrix& matrix)
{
    using Json = nlohmann::ordered_json;
    auto columns = Json::array();
    for (const MatrixColumn& column : matrix.columns) {
        auto cells = Json::array();
        for (const MatrixCell& cell : column.cells)
            cells.push_back({{"context", cell.context},
                             {"rows", cell.rows},
                             {"step_seconds", median(cell.seconds)},
                             {"tokens_per_second", cell.tokensPerSecond()},
                             {"cost", column.cost(cell)},
                             {"share", shareOf(cell)}});
        columns.push_back({{"device", column.device},
                           {"name", column.name},
                           {"cache", column.cacheType},
                           {"read_bandwidth", column.readBandwidth},
                           {"cells", cells}});
    }
    return Json{{"model", matrix.model},
                {"bytes_per_token", matrix.bytesPerToken},
                {"prompt", matrix.prompt},
                {"columns", columns},
                {"left_out", matrix.leftOut}}
        .dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace inglenook
