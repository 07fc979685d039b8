#pragma once

#include "kernels/backend.h"

namespace inglenook {

// One function per operator, used by every backend, so that all refuse the same mistakes in the
// same words. Each throws std::invalid_argument naming the operator and the sizes. Steps of no rows
// pass: they do nothing.

void checkLoad(std::span<const WeightPart> parts, int in);
void checkCopy(const Tensor& tensor, size_t bytes);
void checkCopyPages(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape,
                    size_t bytes);
void checkEmbed(const Tensor& y, const Weight& table, const Tensor& ids);
void checkRmsNorm(const Tensor& y, const Tensor& x, const Weight& weight);
void checkMatmul(const Tensor& y, const Tensor& x, const Weight& w, const Weight& bias);
void checkRotateAndStore(const Tensor& qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                         const AttentionShape& shape, const StepInputs& in);
void checkAttention(const Tensor& y, const Tensor& qkv, const KvPages& kv,
                    const AttentionShape& shape, const StepInputs& in, const Weight& sinks);
void checkGlu(const Tensor& y, const Tensor& gateUp);
void checkAdd(const Tensor& x, const Tensor& y);
void checkGatherRows(const Tensor& y, const Tensor& x, const Tensor& rows);
void checkSoftcap(const Tensor& x, float cap);
void checkTopCandidates(const Tensor& found, const Tensor& logits);
void checkRouteExperts(const Tensor& ids, const Tensor& weights, const Tensor& logits);
void checkExpertMatmul(const Tensor& y, const Tensor& x, const Weight& experts, const Tensor& ids,
                       const Weight& bias);
void checkWeightedSum(const Tensor& y, const Tensor& x, const Tensor& weights);
void checkAllReduce(const Tensor& x);

} // namespace inglenook
