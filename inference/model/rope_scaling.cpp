#include "inference/model/rope_scaling.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

namespace inglenook {

namespace {

constexpr double kMostFactor = 1024.;
constexpr double kMostContext = 1 << 27;

/// How far a base that follows the context is let go: beyond, answers get worse with every token.
constexpr double kMostFollowed = 16.;

[[noreturn]] void refuse(const std::string& text)
{
    throw std::runtime_error("\"" + text +
                             "\" is no rope scaling: expected auto, none, linear:2, yarn:4, ntk:2 "
                             "or ntk, with a factor from 1 to 1024.");
}

double readFactor(const std::string& text, size_t from)
{
    double factor = 0.;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data() + from, end, factor);
    if (error != std::errc{} || next != end || !(factor >= 1. && factor <= kMostFactor))
        refuse(text);
    return factor;
}

/// Whether a layer that sees the whole context turns with this one, or no layer sees it at all.
bool spansContext(const ModelSpec& spec, int rope)
{
    const auto seesAll = [](const LayerSpec& layer) { return layer.attention.window == 0; };
    return std::ranges::none_of(spec.layers, seesAll) ||
        std::ranges::any_of(spec.layers, [&](const LayerSpec& layer) {
               return seesAll(layer) && layer.rope == rope;
           });
}

/// The rotation before any stretching.
RopeSpec plain(const RopeSpec& rope)
{
    RopeSpec result;
    result.pairs = rope.pairs;
    result.dims = rope.dims;
    result.base = rope.base;
    result.trainedContext = rope.trainedContext;
    return result;
}

/// All digits, so that no two numbers have the same text.
void append(std::string& text, double value)
{
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text.append(digits, end);
    text += ' ';
}

} // namespace

RopeChoice readRopeChoice(const std::string& text)
{
    using Kind = RopeChoice::Kind;
    if (text == "auto")
        return {.kind = Kind::File};
    if (text == "none")
        return {.kind = Kind::None};
    if (text == "ntk")
        return {.kind = Kind::Ntk};
    const size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    if (colon != std::string::npos && name == "linear")
        return {.kind = Kind::Linear, .factor = readFactor(text, colon + 1)};
    if (colon != std::string::npos && name == "yarn")
        return {.kind = Kind::Yarn, .factor = readFactor(text, colon + 1)};
    if (colon != std::string::npos && name == "ntk")
        return {.kind = Kind::Ntk, .factor = readFactor(text, colon + 1)};
    refuse(text);
}

void applyRopeChoice(ModelSpec& spec, const RopeChoice& choice)
{
    if (choice.kind == RopeChoice::Kind::File)
        return;
    const bool follows = choice.kind == RopeChoice::Kind::Ntk && choice.factor == 0.;
    const double stretch = follows ? kMostFollowed : std::max(1., choice.factor);
    int trained = spec.context;
    for (size_t i = 0; i < spec.ropes.size(); ++i) {
        if (!spansContext(spec, static_cast<int>(i)))
            continue;
        RopeSpec& rope = spec.ropes[i];
        rope = plain(rope);
        if (rope.trainedContext == 0)
            rope.trainedContext = spec.context;
        trained = std::min(trained, rope.trainedContext);
        if (choice.kind == RopeChoice::Kind::Ntk) {
            rope.ntkFollowsContext = follows;
            rope.ntkAlpha = stretch;
        } else {
            rope.factor = stretch;
        }
        if (choice.kind == RopeChoice::Kind::Yarn)
            rope.yarn.originalContext = rope.trainedContext;
    }
    spec.context = static_cast<int>(std::min(kMostContext, trained * stretch));
}

void settleRope(RopeSpec& rope, int contextTokens)
{
    if (rope.longRope.originalContext > 0)
        rope.frequencyFactors = contextTokens > rope.longRope.originalContext
            ? rope.longRope.longFactors
            : rope.longRope.shortFactors;
    if (rope.ntkFollowsContext && rope.trainedContext > 0)
        rope.ntkAlpha = std::max(1., static_cast<double>(contextTokens) / rope.trainedContext);
}

std::string describeRotation(const RopeSpec& rope)
{
    std::string text = rope.pairs == RopePairs::Halves ? "halves " : "neighbours ";
    for (const double number :
         {static_cast<double>(rope.dims), rope.base, rope.ntkAlpha, rope.factor, rope.magnitude,
          static_cast<double>(rope.yarn.originalContext)})
        append(text, number);
    if (rope.yarn.originalContext > 0) {
        append(text, rope.yarn.betaFast);
        append(text, rope.yarn.betaSlow);
        if (!rope.yarn.wholePairs)
            text += "between pairs ";
    }
    for (const float factor : rope.frequencyFactors)
        append(text, static_cast<double>(factor));
    return text;
}

} // namespace inglenook
