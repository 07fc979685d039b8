#include "app/cli/bench_reopen.h"

#include "app/cli/svg.h"
#include "inference/session.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#ifdef __unix__
#include <fcntl.h>
#include <unistd.h>
#endif

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Lets the system forget the contents of a file, so that the next reading is from the disk.
void dropFromMemory(const std::filesystem::path& path)
{
#ifdef __unix__
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    fsync(file); // only what is on disk is forgotten
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
#else
    static_cast<void>(path); // the figures are those of a system that remembers its files
#endif
}

std::vector<std::filesystem::path> filesIn(const std::string& folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    return files;
}

void dropAll(const std::string& folder)
{
    for (const auto& file : filesIn(folder))
        dropFromMemory(file);
}

/// Bytes per second of reading all files in order.
double readBandwidth(const std::string& folder)
{
    std::vector<char> block(size_t{4} << 20);
    uint64_t bytes = 0;
    const Clock::time_point start = Clock::now();
    for (const auto& path : filesIn(folder)) {
        std::ifstream file(path, std::ios::binary);
        file.rdbuf()->pubsetbuf(nullptr, 0); // a block is read as it is
        while (file.read(block.data(), static_cast<std::streamsize>(block.size())) ||
               file.gcount() > 0)
            bytes += static_cast<uint64_t>(file.gcount());
    }
    return static_cast<double>(bytes) / secondsSince(start);
}

/// A model on its own for a while, and the time to the first token of a prompt.
struct Opened {
    explicit Opened(const LoadRequest& request)
        : session(request)
    {
    }

    double firstToken(std::span<const Token> prompt)
    {
        const Clock::time_point start = Clock::now();
        double seconds = 0.;
        (void)session.generateOn(prompt, {.temperature = 0.f}, 1, [&](Token) {
            seconds = secondsSince(start);
            return true;
        });
        return seconds;
    }

    /// The median of some decode steps.
    double step(std::span<const Token> prompt)
    {
        constexpr int kSteps = 8;
        std::vector<double> seconds;
        Clock::time_point last;
        (void)session.generateOn(prompt, {.temperature = 0.f}, kSteps, [&](Token) {
            const Clock::time_point now = Clock::now();
            if (last != Clock::time_point{})
                seconds.push_back(std::chrono::duration<double>(now - last).count());
            last = now;
            return true;
        });
        std::ranges::nth_element(seconds, seconds.begin() + kSteps / 2);
        return seconds[kSteps / 2];
    }

    Session session;
};

Reopening measure(const LoadRequest& request, const std::string& firstDevice, int tokens,
                  ReopenFigures& figures)
{
    std::filesystem::remove_all(request.pageFolder);
    Reopening result{.tokens = tokens};
    std::vector<Token> prompt(static_cast<size_t>(tokens));
    {
        LoadRequest first = request;
        if (!firstDevice.empty())
            first.device = firstDevice;
        Opened cold(first);
        figures.model = cold.session.facts().name;
        figures.firstDevice = cold.session.facts().device;
        std::mt19937 random(1);
        for (Token& token : prompt)
            token = static_cast<Token>(random() % static_cast<unsigned>(cold.session.vocabulary()));
        result.coldSeconds = cold.firstToken(prompt);
    }
    Opened warm(request);
    figures.device = warm.session.facts().device;
    // Twice, while the model is there: memory that the system never used before takes longer to
    // fill than the disk to read, and it shall not be what is measured, here or below.
    for (int i = 0; i < 2; ++i) {
        dropAll(request.pageFolder);
        result.diskBandwidth = readBandwidth(request.pageFolder);
    }
    dropAll(request.pageFolder);
    result.warmSeconds = warm.firstToken(prompt);
    const Session::Restored restored = warm.session.restored();
    result.restored = restored.tokens;
    result.bytes = restored.bytes;
    result.stepSeconds = warm.step(prompt);
    return result;
}

} // namespace

ReopenFigures measureReopening(LoadRequest request, const std::string& folder,
                               const std::string& firstDevice, const std::vector<int>& lengths)
{
    if (folder.empty())
        throw std::runtime_error("There is no folder for cache pages: name one with --cache-dir.");
    // apart from what the user's own conversations have there
    request.pageFolder = (std::filesystem::path(folder) / "reopen-benchmark").string();
    request.pageQuota = uint64_t{1} << 40;
    request.sequences = 1;
    if (request.contextTokens == 0)
        request.contextTokens = std::ranges::max(lengths) + 64;
    ReopenFigures figures;
    for (const int length : lengths)
        figures.lengths.push_back(measure(request, firstDevice, length, figures));
    std::filesystem::remove_all(request.pageFolder);
    return figures;
}

std::string tableOf(const ReopenFigures& figures)
{
    const std::string first =
        figures.firstDevice == figures.device ? "" : ", computed on " + figures.firstDevice;
    std::string text = figures.model + " on " + figures.device + first +
        ", seconds to the first token\n"
        "tokens   computed  restored      bytes    disk MB/s  step ms  of the limit\n";
    for (const Reopening& r : figures.lengths) {
        char line[160];
        std::snprintf(line, sizeof line, "%6d %10.2f %9.3f %10.1fM %10.0f %8.1f %12.2fx\n",
                      r.tokens, r.coldSeconds, r.warmSeconds, static_cast<double>(r.bytes) / 1e6,
                      r.diskBandwidth / 1e6, r.stepSeconds * 1e3, r.warmSeconds / r.limit());
        text += line;
    }
    return text;
}

std::string jsonOf(const ReopenFigures& figures)
{
    nlohmann::ordered_json lengths = nlohmann::ordered_json::array();
    for (const Reopening& r : figures.lengths)
        lengths.push_back({{"tokens", r.tokens},
                           {"computed_seconds", r.coldSeconds},
                           {"restored_seconds", r.warmSeconds},
                           {"restored_tokens", r.restored},
                           {"bytes", r.bytes},
                           {"disk_bandwidth", r.diskBandwidth},
                           {"step_seconds", r.stepSeconds},
                           {"of_limit", r.warmSeconds / r.limit()}});
    return nlohmann::ordered_json{{"model", figures.model},
                                  {"device", figures.device},
                                  {"first_device", figures.firstDevice},
                                  {"lengths", lengths}}
        .dump();
}

std::string pictureOf(const ReopenFigures& figures)
{
    constexpr double kWidth = 640.;
    constexpr double kHeight = 440.;
    constexpr double kLeft = 80.;
    constexpr double kTop = 90.;
    constexpr double kPlotWidth = 500.;
    constexpr double kPlotHeight = 260.;
    double least = 1e300;
    double most = 0.;
    int longest = 1;
    for (const Reopening& r : figures.lengths) {
        least = std::min({least, r.coldSeconds, r.warmSeconds, r.limit()});
        most = std::max({most, r.coldSeconds, r.warmSeconds});
        longest = std::max(longest, r.tokens);
    }
    const std::vector<double> ticks = logarithmicTicks(least, most);
    const double low = std::log10(ticks.front());
    const double high = std::log10(ticks.back());
    const auto at = [&](int tokens, double seconds) {
        return Point{kLeft + kPlotWidth * tokens / longest,
                     kTop + kPlotHeight * (1. - (std::log10(seconds) - low) / (high - low))};
    };
    std::string out = svgBegin(kWidth, kHeight);
    out += textAt({kLeft, 36.}, "start", "title", "Coming back to a conversation");
    out += textAt({kLeft, 60.}, "start", "small",
                  figures.model + " on " + figures.device + ": seconds to the first token");
    for (const double tick : ticks) {
        out += lineFrom(at(0, tick), at(longest, tick), "grid");
        out += textAt({kLeft - 8., at(0, tick).y + 5.}, "end", "", number(tick));
    }
    for (const Reopening& r : figures.lengths)
        out +=
            textAt({at(r.tokens, 1.).x, kTop + kPlotHeight + 22.}, "middle", "", grouped(r.tokens));
    out += textAt({kLeft + kPlotWidth / 2., kTop + kPlotHeight + 46.}, "middle", "",
                  "tokens of the conversation");
    struct Line {
        const char* name;
        double (*value)(const Reopening&);
        double legend; // where its name stands
    };
    static constexpr Line kLines[] = {
        {"computed anew", [](const Reopening& r) { return r.coldSeconds; }, 0.},
        {"restored after a restart", [](const Reopening& r) { return r.warmSeconds; }, 135.},
        {"bytes / disk bandwidth + one step", [](const Reopening& r) { return r.limit(); }, 310.}};
    for (size_t i = 0; i < std::size(kLines); ++i) {
        std::string path;
        for (const Reopening& r : figures.lengths) {
            const Point p = at(r.tokens, kLines[i].value(r));
            path += (path.empty() ? "M" : "L") + number(p.x) + " " + number(p.y);
            out += "<circle cx=\"" + number(p.x) + "\" cy=\"" + number(p.y) +
                "\" r=\"3.6\" fill=\"" + curveColour(i) + "\"/>\n";
        }
        out += "<path d=\"" + path + "\" class=\"curve\" stroke=\"" + curveColour(i) + "\"" +
            (i == 2 ? " stroke-dasharray=\"4 4\"" : "") + "/>\n";
        const double y = kHeight - 14.;
        const double x = kLeft + kLines[i].legend;
        out += "<rect x=\"" + number(x) + "\" y=\"" + number(y - 10.) +
            "\" width=\"12\" height=\"12\" rx=\"3\" fill=\"" + curveColour(i) + "\"/>\n" +
            textAt({x + 18., y}, "start", "small", kLines[i].name);
    }
    return out + "</svg>\n";
}

} // namespace inglenook
