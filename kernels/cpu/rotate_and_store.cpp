// One row a task: normalise and turn its heads in place, then k and v go to the page as f16.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/kv_page.h"
#include "kernels/cpu/packed_weight.h"

namespace inglenook {

using namespace cpu;

KvPage cpu::kvPage(const KvPages& kv, const AttentionShape& shape, int slot, int index)
{
    const auto* table = reinterpret_cast<const int32_t*>(floatRow(kv.pageTable, slot));
    return kvPage(kv, shape, table[index]);
}

KvPage cpu::kvPage(const KvPages& kv, const AttentionShape& shape, int page)
{
    const size_t bytes = kvPageBytes(shape.kvHeads, shape.headSize);
    auto& buffer = dynamic_cast<HostBuffer&>(*kv.buffer);
    auto* keys = reinterpret_cast<uint16_t*>(buffer.data() + static_cast<size_t>(page) * bytes);
    return {.keys = keys, .values = keys + static_cast<size_t>(kPageTokens * shape.kvCols())};
}

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

void storeHead(const Instructions& instructions, const KvPage& page, int token, int head,
               const float* k, const float* v, int headSize)
{
    instructions.toHalf(page.headValues(head, headSize) + static_cast<size_t>(token * headSize), v,
                        headSize);
    uint16_t* keys = page.headKeys(head, headSize) + token;
    constexpr int piece = 64;
    uint16_t halves[piece];
    for (int first = 0; first < headSize; first += piece) {
        const int count = headSize - first < piece ? headSize - first : piece;
        instructions.toHalf(halves, k + first, count);
        for (int i = 0; i < count; ++i)
            keys[(first + i) * kPageTokens] = halves[i];
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
        const KvPage page = kvPage(kv, shape, intAt(in.slots, r), position / kPageTokens);
        const float* keys = row + shape.queryCols();
        for (int h = 0; h < shape.kvHeads; ++h)
            storeHead(m_instructions, page, position % kPageTokens, h, keys + h * size,
                      keys + shape.kvCols() + h * size, size);
    });
}

} // namespace inglenook
