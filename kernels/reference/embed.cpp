#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>

namespace inglenook {

void ReferenceBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    checkEmbed(y, table, ids);
    perform([=] {
        for (int r = 0; r < y.rows; ++r) {
            const int id = reference::intRow(ids, r)[0];
            const std::span<float> to = reference::row(y, r);
            if (id < 0 || id >= table.out)
                std::ranges::fill(to, 0.f);
            else
                std::ranges::transform(reference::row(table, id), to.begin(),
                                       [=](float w) { return scale * w; });
        }
    });
}

} // namespace inglenook
