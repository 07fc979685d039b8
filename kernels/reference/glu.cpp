#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace inglenook {

namespace {

double gated(double x, double up, Activation activation)
{
    if (activation == Activation::Silu)
        return x / (1 + std::exp(-x)) * up;
    if (activation == Activation::ClampedSilu) {
        const double gate = std::min(x, 7.);
        return gate / (1 + std::exp(-1.702 * gate)) * (std::clamp(up, -7., 7.) + 1);
    }
    // Hendrycks & Gimpel 2016, the approximation by tanh
    const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + std::tanh(inner)) * up;
}

} // namespace

void ReferenceBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    perform([=] {
        for (int r = 0; r < y.rows; ++r) {
            const std::span<const float> gate = reference::row(gateUp.columns(0, y.cols), r);
            const std::span<const float> up = reference::row(gateUp.columns(y.cols, y.cols), r);
            const std::span<float> to = reference::row(y, r);
            for (size_t c = 0; c < to.size(); ++c)
                to[c] = static_cast<float>(gated(gate[c], up[c], activation));
        }
    });
}

} // namespace inglenook
