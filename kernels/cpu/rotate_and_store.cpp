// One row a task: normalise and rotate its heads in place, then k and v go to the page.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/kv_page.h"
#include "kernels/cpu/packed_weight.h"

#include <algorithm>

namespace inglenook {

using namespace cpu;

namespace {

void rotateHead(float* head, const Rope& rope, const float* rotation)
{
    const int half = rope.dims / 2;
    const bool neighbours = rope.pairs == RopePairs::Neighbours;
    for (int i = 0; i < half; ++i) {
        const int first = neighbours ? 2 * i : i;
        const int second = neighbours ? 2 * i + 1 : i + half;
        const float cosine = rotation[2 * i], sine = rotation[2 * i + 1];
        const float a = head[first], b = head[second];
        head[first] = a * cosine - b * sine;
        head[second] = a * sine + b * cosine;
    }
}

/// A head of a token as f16.
void storeHalves(const Instructions& instructions, const KvPage& page, int token, int head,
                 const float* k, const float* v, int headSize)
{
    auto* values = reinterpret_cast<uint16_t*>(page.headValues(head));
    instructions.toHalf(values + static_cast<size_t>(token * headSize), v, headSize);
    auto* keys = reinterpret_cast<uint16_t*>(page.headKeys(head)) + token;
    constexpr int piece = 64;
    uint16_t halves[piece];
    for (int first = 0; first < headSize; first += piece) {
        const int count = headSize - first < piece ? headSize - first : piece;
        instructions.toHalf(halves, k + first, count);
        for (int i = 0; i < count; ++i)
            keys[(first + i) * kPageTokens] = halves[i];
    }
}

void storeQuants(const QuantisedPlane& plane, int token, std::span<const float> head)
{
    for (int block = 0; block < plane.blocks(); ++block) {
        uint8_t quants[kKvBlock];
        uint16_t scale;
        const size_t first = static_cast<size_t>(block) * kKvBlock;
        encodeHead(plane.type, head.subspan(first, std::min<size_t>(kKvBlock, head.size() - first)),
                   {.quants = quants, .scales = &scale});
        plane.put(token, block, quants, scale);
    }
}

} // namespace

void CpuBackend::rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                                const AttentionShape& shape, const StepInputs& in)
{
    checkRotateAndStore(qkv, kv, norm, rope, shape, in);
    const float* qNorm = norm.q ? packed(norm.q).singleRow() : nullptr;
    const float* kNorm = norm.k ? packed(norm.k).singleRow() : nullptr;
    const int size = shape.headSize;

    eachRow(qkv.rows, int64_t{4} * qkv.rows * qkv.cols, [&](int r) {
        const int32_t position = intAt(in.positions, r);
        if (position < 0)
            return;
        const float* rotation = rope.dims > 0 ? floatRow(rope.rotation, r) : nullptr;
        float* row = floatRow(qkv, r);
        for (int h = 0; h < shape.heads + shape.kvHeads; ++h) {
            float* head = row + h * size;
            if (const float* weight = h < shape.heads ? qNorm : kNorm)
                m_instructions.rmsNorm(head, head, weight, size, norm.eps);
            rotateHead(head, rope, rotation);
        }
        if (kv.type == KvType::Q4)
            for (int h = 0; h < shape.heads + 2 * shape.kvHeads; ++h)
                turnHead({row + h * size, static_cast<size_t>(size)});
        const KvPage page = kvPage(kv, shape, intAt(in.slots, r), position / kPageTokens);
        const int token = position % kPageTokens;
        for (int h = 0; h < shape.kvHeads; ++h) {
            const float* k = row + shape.queryCols() + h * size;
            const float* v = k + shape.kvCols();
            if (kv.type == KvType::F16) {
                storeHalves(m_instructions, page, token, h, k, v, size);
                continue;
            }
            const auto elements = static_cast<size_t>(size);
            storeQuants({page.headKeys(h), kv.type, size, true}, token, {k, elements});
            storeQuants({page.headValues(h), kv.type, size, false}, token, {v, elements});
        }
    });
}

} // namespace inglenook
