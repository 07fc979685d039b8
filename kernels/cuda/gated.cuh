#pragma once

#include "kernels/backend.h"

#include <cmath>
#include <cuda_runtime.h>

namespace inglenook::cuda {

/// activation(gate) * up: SiLU, or GELU by its tanh form (Hendrycks & Gimpel 2016).
__device__ inline float gated(float gate, float up, Activation activation)
{
    const float activated = activation == Activation::Silu ? gate / (1.f + expf(-gate))
                                                           : 0.5f * gate *
            (1.f + tanhf(0.7978845608028654f * (gate + 0.044715f * gate * gate * gate)));
    return activated * up;
}

} // namespace inglenook::cuda
