#pragma once

#include "kernels/backend.h"

#include <cmath>
#include <cuda_runtime.h>

namespace inglenook::cuda {

/// What Activation says: SiLU, GELU by its tanh form (Hendrycks & Gimpel 2016), or the clamped
/// SiLU, whose limits let through what is no number.
__device__ inline float gated(float gate, float up, Activation activation)
{
    switch (activation) {
    case Activation::Silu:
        return gate / (1.f + expf(-gate)) * up;
    case Activation::ClampedSilu:
        gate = gate > 7.f ? 7.f : gate;
        up = up > 7.f ? 7.f : up < -7.f ? -7.f : up;
        return gate / (1.f + expf(-1.702f * gate)) * (up + 1.f);
    case Activation::GeluTanh:
        break;
    }
    const float inner = 0.7978845608028654f * (gate + 0.044715f * gate * gate * gate);
    return 0.5f * gate * (1.f + tanhf(inner)) * up;
}

} // namespace inglenook::cuda
