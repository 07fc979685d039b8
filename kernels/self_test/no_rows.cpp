#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_cache.h"
#include "kernels/self_test/test_weight.h"

namespace inglenook::self_test {

namespace {

/// A step without rows (a prompt's slice wants no logits) does nothing and is no mistake.
void nothingHappens(Trial& trial)
{
    constexpr int kCols = 256;
    Workspace on(trial.device(), Placement::Packed);
    Backend& backend = on.backend();
    const Tensor x = on.input(Matrix(0, kCols));
    const Tensor y = on.output(0, kCols);
    const Tensor ids = on.input(std::span<const int32_t>(), 0);
    const Weight w = TestWeight(1, {{DType::Q4_K, kCols}}, kCols).loadOn(backend);
    const Weight norm = on.vector(randomMatrix(2, 1, kCols).values);
    backend.embed(y, w, ids, 1.f);
    backend.rmsNorm(y, x, norm, 1e-5f);
    backend.matmul(y, x, w);
    backend.glu(y, on.input(Matrix(0, 2 * kCols)), Activation::Silu);
    backend.add(y, x);
    backend.gatherRows(y, on.input(Matrix(3, kCols)), ids);
    backend.softcap(y, 30.f);
    Tensor found = on.output(0, kCandidateCols);
    found.type = DType::I32;
    backend.topCandidates(found, x);
    const Tensor shares = on.changing(Matrix(0, 2));
    const Tensor picks = on.input(std::span<const int32_t>(), 0, 2);
    backend.routeExperts(picks, shares, on.input(Matrix(0, 4)));
    backend.expertMatmul(y, x, w, picks);
    backend.weightedSum(y, x, shares);
    backend.matmulGlu(y, x, w, Activation::Silu);
    backend.addRmsNorm(y, on.changing(Matrix(0, kCols)), x, norm, 1e-5f);

    const AttentionShape shape{.heads = 2, .kvHeads = 1, .headSize = 64};
    TestCache cache(on, shape, {10});
    const StepInputs in = cache.inputs({});
    const Tensor qkv = on.changing(Matrix(0, shape.qkvCols()));
    backend.rotateAndStore(qkv, cache.pages(), {}, {}, shape, in);
    backend.attention(on.output(0, shape.queryCols()), qkv, cache.pages(), shape, in);
    on.checkGuards();
    cache.checkSparePages();
}

} // namespace

void addNoRowsCases(std::vector<OperatorCase>& cases)
{
    cases.push_back({.operation = "every operator",
                     .format = "",
                     .shape = "no rows",
                     .quick = false,
                     .run = nothingHappens});
}

} // namespace inglenook::self_test
