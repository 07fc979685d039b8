// One row a task; a single wide row is not worth waking the pool.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

namespace inglenook {

using namespace cpu;
namespace {

auto bodyOf(const Instructions& instructions, Activation activation)
{
    switch (activation) {
    case Activation::Silu:
        return instructions.gluSilu;
    case Activation::GeluTanh:
        return instructions.gluGelu;
    case Activation::ClampedSilu:
        break;
    }
    return instructions.gluClampedSilu;
}

} // namespace

void CpuBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    const auto body = bodyOf(m_instructions, activation);
    eachRow(y.rows, int64_t{4} * y.rows * y.cols, [&](int r) {
        const float* gate = floatRow(gateUp, r);
        body(floatRow(y, r), gate, gate + y.cols, y.cols);
    });
}

} // namespace inglenook
