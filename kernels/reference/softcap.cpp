#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <cmath>

namespace inglenook {

void ReferenceBackend::softcap(Tensor x, float cap)
{
    checkSoftcap(x, cap);
    perform([=] {
        for (int r = 0; r < x.rows; ++r)
            for (float& v : reference::row(x, r))
                v = static_cast<float>(cap * std::tanh(static_cast<double>(v) / cap));
    });
}

} // namespace inglenook
