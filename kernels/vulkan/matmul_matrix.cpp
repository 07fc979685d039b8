// When matmul_matrix.comp is used, and with tiles of which size.

#include "kernels/vulkan/matmul.h"

#include "shaders/matmul_matrix.h"

namespace inglenook::vulkan {

namespace {

/// Q2_K, with minimums of each half of a unit, is left to matmul_wide.comp.
constexpr FormatShaders kMatrixShaders{
    .q8_0 = shaders::matmul_matrix_Q8_0,
    .q4_0 = shaders::matmul_matrix_Q4_0,
    .q5_1 = shaders::matmul_matrix_Q5_1,
    .q3_k = shaders::matmul_matrix_Q3_K,
    .q4_k = shaders::matmul_matrix_Q4_K,
    .q5_k = shaders::matmul_matrix_Q5_K,
    .q6_k = shaders::matmul_matrix_Q6_K,
    .iq4_xs = shaders::matmul_matrix_IQ4_XS,
    .mxfp4 = shaders::matmul_matrix_MXFP4,
};

/// Subgroups of a workgroup in rows and columns, and the matrices of results that each holds: of
/// 16 x 16 they make 64 x 64 results.
constexpr int kSubgroupRows = 2;
constexpr int kSubgroupCols = 2;
constexpr int kRowBlocks = 2;
constexpr int kColBlocks = 2;

/// A workgroup takes at most 20 KB of matrices of at most 256 results.
constexpr size_t kSharedBytes = size_t{20} << 10;

bool areUsable(const DeviceFacts& facts)
{
    return facts.matrix.rows > 0 && facts.sharedBytes >= kSharedBytes &&
        kSubgroupRows * kSubgroupCols * facts.subgroupSize <= facts.maxGroupSize;
}

/// llvmpipe of Mesa 26 has them too, element by element: slower than matmul_wide.comp (README.md).
bool areFast(const DeviceFacts& facts)
{
    return !facts.software;
}

} // namespace

std::optional<MatmulKernel> matrixKernel(const Context& context, DType type)
{
    const DeviceFacts& facts = context.device.facts();
    const bool wanted = context.matrixUnits == MatrixUnits::WhereThere ||
        (context.matrixUnits == MatrixUnits::WhereFast && areFast(facts));
    if (!wanted || !areUsable(facts) || kMatrixShaders.of(type).empty())
        return std::nullopt;
    const auto choice = [](int value) { return static_cast<uint32_t>(value); };
    return MatmulKernel{
        .kernel = {kMatrixShaders.of(type),
                   kSubgroupRows * kSubgroupCols,
                   {choice(facts.matrix.rows), choice(facts.matrix.outputs),
                    choice(facts.matrix.depth), kRowBlocks, kColBlocks, kSubgroupRows}},
        .tileRows = kSubgroupRows * kRowBlocks * facts.matrix.rows,
        .groupCols = kSubgroupCols * kColBlocks * facts.matrix.outputs};
}

} // namespace inglenook::vulkan
