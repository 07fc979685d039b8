#pragma once

// The operators that walk along a row, for one instruction set: included behind lanes_*.h.

#include "kernels/cpu/instructions.h"

namespace inglenook::cpu {
namespace {

constexpr int kLanes = 16;

/// The last `count` < 16 elements of a row, zeros behind them.
inline Floats loadTail(const float* p, int count)
{
    float lanes[kLanes] = {};
    for (int i = 0; i < count; ++i)
        lanes[i] = p[i];
    return load(lanes);
}
inline void storeTail(float* p, Floats x, int count)
{
    float lanes[kLanes];
    store(lanes, x);
    for (int i = 0; i < count; ++i)
        p[i] = lanes[i];
}

/// y[i] = f(i) for i in steps of 16; `get` reads 16 lanes of an input or the tail of it.
template <class Function> inline void alongRow(int n, const Function& step)
{
    int i = 0;
    for (; i + kLanes <= n; i += kLanes)
        step(i, kLanes);
    if (i < n)
        step(i, n - i);
}
inline Floats get(const float* p, int count)
{
    return count == kLanes ? load(p) : loadTail(p, count);
}
inline void put(float* p, Floats x, int count)
{
    if (count == kLanes)
        store(p, x);
    else
        storeTail(p, x, count);
}

/// exp(x) - 1 = power * rest + (power - 1) with x = n ln 2 + r, |r| <= ln 2 / 2. The series up to
/// r^7 / 7! leaves a relative error of 6e-9, below the rounding of f32.
struct ExpParts {
    Floats power; // 2^n
    Floats rest; // exp(r) - 1
};
inline ExpParts expParts(Floats x)
{
    constexpr float ln2High = 0.693145751953125f; // few bits: its product with n is exact
    constexpr float ln2Low = 1.42860682030941723e-6f;
    const Floats n = roundNearest(mul(x, splat(1.44269504088896341f)));
    const Floats r = negatedFma(n, splat(ln2Low), negatedFma(n, splat(ln2High), x));
    Floats series = splat(1.f / 5040);
    series = fma(series, r, splat(1.f / 720));
    series = fma(series, r, splat(1.f / 120));
    series = fma(series, r, splat(1.f / 24));
    series = fma(series, r, splat(1.f / 6));
    series = fma(series, r, splat(0.5f));
    return {powerOfTwo(n), fma(mul(r, r), series, r)};
}

/// exp(x), clamped to the range of normal numbers.
inline Floats exponential(Floats x)
{
    x = smaller(larger(x, splat(-87.f)), splat(88.f));
    const ExpParts parts = expParts(x);
    return fma(parts.power, parts.rest, parts.power);
}

/// tanh |x| = e / (e + 2) with e = exp(2 |x|) - 1: no cancellation near zero.
inline Floats hyperbolicTangent(Floats x)
{
    const Floats u = smaller(magnitude(x), splat(20.f));
    const ExpParts parts = expParts(add(u, u));
    const Floats e = fma(parts.power, parts.rest, sub(parts.power, splat(1.f)));
    return withSignOf(div(e, add(e, splat(2.f))), x);
}

/// x / (1 + exp(-x))
inline Floats silu(Floats x)
{
    return div(x, add(splat(1.f), exponential(sub(splat(0.f), x))));
}

/// x / 2 (1 + tanh u) = x / (1 + exp(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3)
inline Floats gelu(Floats x)
{
    constexpr float c = 0.797884560802865356f;
    const Floats cubic = fma(mul(splat(0.044715f), mul(x, x)), x, x);
    return div(x, add(splat(1.f), exponential(mul(splat(-2.f * c), cubic))));
}

void rmsNorm(float* y, const float* x, const float* weight, int n, float eps)
{
    Floats sums[4] = {splat(0.f), splat(0.f), splat(0.f), splat(0.f)};
    alongRow(n, [&](int i, int count) {
        const Floats v = get(x + i, count);
        sums[i / kLanes % 4] = fma(v, v, sums[i / kLanes % 4]);
    });
    const float total = sumLanes(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
    const float mean = total / static_cast<float>(n);
    const Floats scale = splat(1.f / __builtin_sqrtf(mean + eps));
    alongRow(n, [&](int i, int count) {
        const Floats v = mul(get(x + i, count), scale);
        put(y + i, weight ? mul(v, get(weight + i, count)) : v, count);
    });
}

void addRow(float* x, const float* y, int n)
{
    alongRow(
        n, [&](int i, int count) { put(x + i, add(get(x + i, count), get(y + i, count)), count); });
}

void gluSilu(float* y, const float* gate, const float* up, int n)
{
    alongRow(n, [&](int i, int count) {
        put(y + i, mul(silu(get(gate + i, count)), get(up + i, count)), count);
    });
}

void gluGelu(float* y, const float* gate, const float* up, int n)
{
    alongRow(n, [&](int i, int count) {
        put(y + i, mul(gelu(get(gate + i, count)), get(up + i, count)), count);
    });
}

/// g sigmoid(1.702 g) (u + 1) of limited g and u: see Activation. The limits come first, since the
/// second of two is taken where one is no number.
inline Floats clampedSilu(Floats gate, Floats up)
{
    constexpr float limit = 7.f, slope = 1.702f;
    gate = smaller(splat(limit), gate);
    up = larger(splat(-limit), smaller(splat(limit), up));
    const Floats below = add(splat(1.f), exponential(mul(splat(-slope), gate)));
    return mul(div(gate, below), add(up, splat(1.f)));
}

void gluClampedSilu(float* y, const float* gate, const float* up, int n)
{
    alongRow(n, [&](int i, int count) {
        put(y + i, clampedSilu(get(gate + i, count), get(up + i, count)), count);
    });
}

inline Floats capped(Floats x, float cap)
{
    return mul(splat(cap), hyperbolicTangent(div(x, splat(cap))));
}

void softcapRow(float* x, int n, float cap)
{
    alongRow(n, [&](int i, int count) { put(x + i, capped(get(x + i, count), cap), count); });
}

bool raiseGreatest(float* greatest, const float* x, int n)
{
    constexpr int kChains = 4;
    Floats zeros[kChains] = {splat(0.f), splat(0.f), splat(0.f), splat(0.f)};
    int i = 0;
    for (; i + kChains * kLanes <= n; i += kChains * kLanes)
        for (int c = 0; c < kChains; ++c) {
            const Floats v = load(x + i + c * kLanes);
            float* own = greatest + (i + c * kLanes) % kLogitClasses;
            store(own, larger(load(own), v));
            zeros[c] = fma(v, splat(0.f), zeros[c]); // not a number, for good, if v is not finite
        }
    float rest = sumLanes(add(add(zeros[0], zeros[1]), add(zeros[2], zeros[3])));
    for (; i < n; ++i) {
        greatest[i % kLogitClasses] =
            greatest[i % kLogitClasses] < x[i] ? x[i] : greatest[i % kLogitClasses];
        rest += x[i] * 0.f;
    }
    return rest == 0.f;
}

int nextFrom(float least, const float* x, int from, int n)
{
    constexpr int kRun = 4 * kLanes;
    for (; from + kRun <= n; from += kRun) {
        const float* run = x + from;
        if (largestLane(larger(larger(load(run), load(run + kLanes)),
                               larger(load(run + 2 * kLanes), load(run + 3 * kLanes)))) >= least)
            break;
    }
    while (from < n && !(x[from] >= least))
        ++from;
    return from;
}

void toHalf(uint16_t* to, const float* from, int n)
{
    alongRow(n, [&](int i, int count) {
        uint16_t halves[kLanes];
        storeHalves(halves, get(from + i, count));
        __builtin_memcpy(to + i, halves, static_cast<size_t>(count) * sizeof(uint16_t));
    });
}

} // namespace
} // namespace inglenook::cpu
