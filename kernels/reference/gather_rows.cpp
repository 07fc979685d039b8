#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>

namespace inglenook {

void ReferenceBackend::gatherRows(Tensor y, Tensor x, Tensor rows)
{
    checkGatherRows(y, x, rows);
    perform([=] {
        for (int r = 0; r < y.rows; ++r)
            std::ranges::copy(reference::row(x, reference::intRow(rows, r)[0]),
                              reference::row(y, r).begin());
    });
}

} // namespace inglenook
