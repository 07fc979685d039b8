// One row a task: a lane of a panel is unpacked, so that a tied embedding needs no second copy.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/packed_weight.h"

#include <algorithm>

namespace inglenook {

using namespace cpu;

void CpuBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    checkEmbed(y, table, ids);
    const PackedWeight& rows = packed(table);
    eachRow(y.rows, int64_t{8} * y.rows * y.cols, [&](int r) {
        const std::span values(floatRow(y, r), static_cast<size_t>(y.cols));
        const int32_t id = intAt(ids, r);
        if (id < 0 || id >= table.out) {
            std::ranges::fill(values, 0.f);
            return;
        }
        rows.copyRow(id, values);
        for (float& value : values)
            value *= scale;
    });
}

} // namespace inglenook
