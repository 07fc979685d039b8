#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

namespace inglenook {

void ReferenceBackend::add(Tensor x, Tensor y)
{
    checkAdd(x, y);
    perform([=] {
        for (int r = 0; r < x.rows; ++r) {
            const std::span<float> to = reference::row(x, r);
            const std::span<const float> more = reference::row(y, r);
            for (size_t c = 0; c < to.size(); ++c)
                to[c] += more[c];
        }
    });
}

} // namespace inglenook
