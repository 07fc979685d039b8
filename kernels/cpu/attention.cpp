// Flash decoding (Dao et al. 2023): a chunk of 256 tokens at fixed positions gives a partial
// softmax; the partials of a row are merged in order. Work goes by tiles: up to 16 queries of one
// KV head, from rows that follow each other in a sequence, so that they share the reading of keys
// and values. Where there are fewer tiles than threads can use, chunks are shared out too and
// merged afterwards: the same operations in the same order, so the same bits. A sink is a partial
// of one token without a value, in front of all chunks.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/kv_page.h"
#include "kernels/cpu/packed_weight.h"

#include <algorithm>
#include <cstring>

namespace inglenook {

using namespace cpu;

/// What the tasks of one call share.
struct cpu::AttentionWork {
    Tensor y, qkv;
    const KvPages* kv = nullptr;
    AttentionShape shape;
    const StepInputs* in = nullptr;
    const float* sinks = nullptr; // of each head, or absent
    int group = 1; // query heads per KV head
    int headsTogether = 1; // of them in a tile
    int rowsTogether = 1; // rows in a tile, if they follow each other

    [[nodiscard]] int headParts() const { return (group + headsTogether - 1) / headsTogether; }
    [[nodiscard]] int tilesPerRow() const { return shape.kvHeads * headParts(); }
};

namespace {

static_assert(kChunkTokens == kChunkPages * kPageTokens);

/// Queries that read the same keys: heads [head, head + heads) of rows [row, row + rows).
struct Tile {
    int row;
    int rows;
    int kvHead;
    int head;
    int heads;
    int slot;
    int position; // of the first row; -1: an empty row
};

int firstToken(const AttentionShape& shape, int position)
{
    return shape.window > 0 ? std::max(0, position - shape.window + 1) : 0;
}

/// Rows from `row` on that follow each other in a sequence.
int rowsInTile(const AttentionWork& work, int row)
{
    const int32_t position = intAt(work.in->positions, row), slot = intAt(work.in->slots, row);
    int rows = 1;
    while (position >= 0 && rows < work.rowsTogether && row + rows < work.qkv.rows &&
           intAt(work.in->positions, row + rows) == position + rows &&
           intAt(work.in->slots, row + rows) == slot)
        ++rows;
    return rows;
}

Tile tileAt(const AttentionWork& work, int row, int rows, int index)
{
    const int kvHead = index / work.headParts();
    const int inGroup = index % work.headParts() * work.headsTogether;
    return {.row = row,
            .rows = rows,
            .kvHead = kvHead,
            .head = kvHead * work.group + inGroup,
            .heads = std::min(work.headsTogether, work.group - inGroup),
            .slot = intAt(work.in->slots, row),
            .position = intAt(work.in->positions, row)};
}

int firstChunk(const AttentionWork& work, const Tile& tile)
{
    return firstToken(work.shape, tile.position) / kChunkTokens;
}

int lastChunk(const Tile& tile)
{
    return (tile.position + tile.rows - 1) / kChunkTokens;
}

/// Floats of the scores.
constexpr size_t kScores = static_cast<size_t>(kQueries) * kChunkTokens;

/// One chunk for the queries of a tile, row after row, head after head.
AttentionChunk chunkOf(const AttentionWork& work, const Tile& tile, int index, float* scratch)
{
    const AttentionShape& shape = work.shape;
    AttentionChunk chunk;
    chunk.headSize = shape.headSize;
    chunk.scale = shape.scale;
    chunk.softcap = shape.softcap;
    chunk.scores = scratch;
    chunk.rounded = reinterpret_cast<RoundedBlock*>(scratch + kScores);
    const int start = index * kChunkTokens;
    for (int r = 0; r < tile.rows; ++r) {
        const int position = tile.position + r;
        for (int h = 0; h < tile.heads; ++h) {
            const int q = chunk.queryCount++;
            chunk.queries[q] = floatRow(work.qkv, tile.row + r) + (tile.head + h) * shape.headSize;
            chunk.begin[q] = std::max(0, firstToken(shape, position) - start);
            chunk.end[q] = std::clamp(position + 1 - start, 0, kChunkTokens);
        }
    }
    const int firstPage = std::max(start, firstToken(shape, tile.position)) / kPageTokens;
    const int lastPage =
        std::min(start + kChunkTokens - 1, tile.position + tile.rows - 1) / kPageTokens;
    for (int page = firstPage; page <= lastPage; ++page) {
        const KvPage of = kvPage(*work.kv, shape, tile.slot, page);
        chunk.keys[page % kChunkPages] = of.headKeys(tile.kvHead);
        chunk.values[page % kChunkPages] = of.headValues(tile.kvHead);
    }
    return chunk;
}

/// Floats of the rounded queries.
size_t roundedFloats(int headSize)
{
    const auto blocks = static_cast<size_t>(kvScales(KvType::Q8_0, headSize));
    return kQueries * blocks * sizeof(RoundedBlock) / sizeof(float);
}

/// Floats of a thread: the scores, the rounded queries, the values of the partials and of their
/// sums. A multiple of 64 bytes.
size_t floatsPerThread(int headSize)
{
    return kScores + roundedFloats(headSize) +
        static_cast<size_t>(kQueries) * 2 * static_cast<size_t>(headSize);
}

/// Floats of a stored partial: values, top, total.
size_t floatsPerPartial(int headSize)
{
    return static_cast<size_t>(headSize) + 2;
}

float* grow(HostMemory& memory, size_t floats)
{
    if (memory.bytes() < floats * sizeof(float))
        memory = HostMemory(floats * sizeof(float));
    return reinterpret_cast<float*>(memory.data());
}

void attendChunk(const Instructions& instructions, const AttentionWork& work, Partial* partials,
                 const AttentionChunk& chunk)
{
    switch (work.kv->type) {
    case KvType::F16:
        return instructions.attendChunkF16(partials, chunk);
    case KvType::Q8_0:
        return instructions.attendChunkQ8_0(partials, chunk);
    case KvType::Q4:
        return instructions.attendChunkQ4(partials, chunk);
    }
}

/// The result of a head: of turned values turned back.
void finishHead(const Instructions& instructions, const AttentionWork& work, float* y,
                const Partial& sum)
{
    instructions.finishPartial(y, sum, work.shape.headSize);
    if (work.kv->type == KvType::Q4)
        turnHead({y, static_cast<size_t>(work.shape.headSize)});
}

/// What the chunks of a head are added to.
Partial beginning(const AttentionWork& work, int head, float* values)
{
    if (!work.sinks)
        return {.values = values};
    std::memset(values, 0, static_cast<size_t>(work.shape.headSize) * sizeof(float));
    return {.top = work.sinks[head], .total = 1.f, .values = values};
}

float* outputOf(const AttentionWork& work, int row, int head)
{
    return floatRow(work.y, row) + head * work.shape.headSize;
}

void wholeTile(const Instructions& instructions, const AttentionWork& work, const Tile& tile,
               float* scratch)
{
    const int size = work.shape.headSize;
    Partial sums[kQueries], chunkSums[kQueries];
    float* values = scratch + kScores + roundedFloats(size);
    for (int q = 0; q < kQueries; ++q)
        chunkSums[q].values = values + (2 * q + 1) * size;
    for (int q = 0; q < tile.rows * tile.heads; ++q)
        sums[q] = beginning(work, tile.head + q % tile.heads, values + 2 * q * size);
    for (int index = firstChunk(work, tile); index <= lastChunk(tile); ++index) {
        const AttentionChunk chunk = chunkOf(work, tile, index, scratch);
        attendChunk(instructions, work, chunkSums, chunk);
        for (int q = 0; q < chunk.queryCount; ++q)
            instructions.mergePartial(sums[q], chunkSums[q], size);
    }
    for (int r = 0; r < tile.rows; ++r)
        for (int h = 0; h < tile.heads; ++h)
            finishHead(instructions, work, outputOf(work, tile.row + r, tile.head + h),
                       sums[r * tile.heads + h]);
}

void clearRow(const AttentionWork& work, int row)
{
    std::memset(floatRow(work.y, row), 0, static_cast<size_t>(work.y.cols) * sizeof(float));
}

} // namespace

void CpuBackend::attendWhole(const AttentionWork& work)
{
    const size_t each = floatsPerThread(work.shape.headSize);
    float* scratch = grow(m_attention, each * static_cast<size_t>(m_pool.threads()));
    // A task is the rows of one tile's height, cut again where they do not follow each other.
    const int pieces = (work.qkv.rows + work.rowsTogether - 1) / work.rowsTogether;
    const int tiles = work.tilesPerRow();
    m_pool.run(pieces * tiles, [&](int index, int thread) {
        const int first = index / tiles * work.rowsTogether;
        const int behind = std::min(first + work.rowsTogether, work.qkv.rows);
        for (int row = first; row < behind;) {
            const int rows = std::min(rowsInTile(work, row), behind - row);
            const Tile tile = tileAt(work, row, rows, index % tiles);
            if (tile.position >= 0)
                wholeTile(m_instructions, work, tile, scratch + each * static_cast<size_t>(thread));
            else if (index % tiles == 0)
                clearRow(work, row);
            row += rows;
        }
    });
}

void CpuBackend::attendSplit(const AttentionWork& work)
{
    const int size = work.shape.headSize, heads = work.shape.heads, rows = work.qkv.rows;
    const int chunks = (work.in->contextBound + kChunkTokens - 1) / kChunkTokens;
    const size_t each = floatsPerThread(size), stored = floatsPerPartial(size);
    const size_t threads = static_cast<size_t>(m_pool.threads());
    float* scratch = grow(m_attention,
                          each * threads +
                              stored * static_cast<size_t>(rows) * static_cast<size_t>(heads) *
                                  static_cast<size_t>(chunks));
    float* partials = scratch + each * threads;
    const auto partialAt = [&](int row, int head, int chunk) {
        return partials + stored * static_cast<size_t>((row * heads + head) * chunks + chunk);
    };

    const int tiles = work.tilesPerRow();
    m_pool.run(rows * tiles * chunks, [&](int index, int thread) {
        const int row = index / (tiles * chunks), chunkIndex = index % chunks;
        const Tile tile = tileAt(work, row, 1, index / chunks % tiles);
        if (tile.position < 0 || chunkIndex < firstChunk(work, tile) ||
            chunkIndex > lastChunk(tile))
            return;
        const AttentionChunk chunk =
            chunkOf(work, tile, chunkIndex, scratch + each * static_cast<size_t>(thread));
        Partial results[kQueries];
        for (int h = 0; h < tile.heads; ++h)
            results[h].values = partialAt(row, tile.head + h, chunkIndex);
        attendChunk(m_instructions, work, results, chunk);
        for (int h = 0; h < tile.heads; ++h) {
            results[h].values[size] = results[h].top;
            results[h].values[size + 1] = results[h].total;
        }
    });

    for (int row = 0; row < rows; ++row) {
        const Tile tile = tileAt(work, row, 1, 0);
        if (tile.position < 0) {
            clearRow(work, row);
            continue;
        }
        for (int head = 0; head < heads; ++head) {
            Partial sum = beginning(work, head, scratch);
            for (int c = firstChunk(work, tile); c <= lastChunk(tile); ++c) {
                float* from = partialAt(row, head, c);
                m_instructions.mergePartial(
                    sum, {.top = from[size], .total = from[size + 1], .values = from}, size);
            }
            finishHead(m_instructions, work, outputOf(work, row, head), sum);
        }
    }
}

void CpuBackend::attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                           const StepInputs& in, const Weight& sinks)
{
    checkAttention(y, qkv, kv, shape, in, sinks);
    AttentionWork work;
    work.y = y;
    work.qkv = qkv;
    work.kv = &kv;
    work.shape = shape;
    work.in = &in;
    work.sinks = sinks ? packed(sinks).singleRow() : nullptr;
    work.group = shape.heads / shape.kvHeads;
    work.headsTogether = std::min(work.group, kQueries);
    work.rowsTogether = std::max(1, kQueries / work.group);

    const int tasks = (qkv.rows + work.rowsTogether - 1) / work.rowsTogether * work.tilesPerRow();
    const bool fewTasks = m_pool.threads() > 1 && tasks < 3 * m_pool.threads();
    if (fewTasks && in.contextBound > 2 * kChunkTokens)
        attendSplit(work);
    else
        attendWhole(work);
}

} // namespace inglenook
