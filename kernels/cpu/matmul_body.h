#pragma once

// Matmul for one instruction set: included behind lanes_*.h, in no other file.
//
// A tile is one panel (16 outputs) times 1 to kTileRows rows. Each lane adds its blocks in k order
// with one fused multiply-add per scale, whatever the tile's rows: one row, a batch and a prompt
// get the same bits. The weights of a block are unpacked once per tile; a panel stays in the cache
// while all row tiles of a group pass over it. A panel is one stream from front to back, which the
// hardware prefetches best alone for one row: one core reads Q4_K at 93 % of its bandwidth, at 82 %
// with prefetch instructions; from four rows on it falls behind without them. 16 rows and more
// reach 70 % (Q4_K) to 78 % (Q8_0) of the peak of the dot product instruction; the rest goes to the
// scales, which pass through the same units. AMD EPYC (Zen 4), AVX-512 VNNI, 2026-11-21.

#include "kernels/cpu/formats_body.h"
#include "kernels/cpu/instructions.h"
#include "kernels/cpu/super_formats_body.h"

namespace inglenook::cpu {
namespace {

/// Where the results of a tile go.
struct TileOutput {
    float* y;
    size_t stride;
    const float* bias;
    int outputs; // up to kPanelRows
};

inline void storeTileRow(const TileOutput& to, int row, Floats sum)
{
    float* y = to.y + static_cast<size_t>(row) * to.stride;
    if (to.outputs == kPanelRows) {
        store(y, to.bias ? add(sum, load(to.bias)) : sum);
        return;
    }
    float lanes[kPanelRows];
    store(lanes, sum);
    for (int o = 0; o < to.outputs; ++o)
        y[o] = to.bias ? lanes[o] + to.bias[o] : lanes[o];
}

/// Asks for one share of the weights that come 8 KB behind block j, so that several rows' dot
/// products and the reading of memory overlap. Into the second-level cache: the first level waits
/// for too few lines at a time. Beyond the run lie other runs, or nothing.
template <class Format, int shares> inline void fetchAhead(const uint8_t* panel, int j, int share)
{
    constexpr int ahead = 8 * 1024, line = 64;
    constexpr int bytes = Format::recordBytes / Format::blocks, lines = (bytes + line - 1) / line;
    for (int i = share * lines / shares; i < (share + 1) * lines / shares; ++i)
        __builtin_prefetch(panel + ahead + bytes * j + line * i, 0, 2);
}

template <class Format, int rows>
inline void addBlock(Floats* sums, const typename Format::Block& block, const RoundedBlock* x)
{
    Ints dots[Format::parts][rows];
    Format::dot(dots, block, x);
    for (int r = 0; r < rows; ++r) {
        Ints own[Format::parts];
        for (int part = 0; part < Format::parts; ++part)
            own[part] = dots[part][r];
        sums[r] = Format::add(sums[r], block, x[r], own);
    }
}

template <class Format, int rows>
void roundedTile(const TileOutput& to, const uint8_t* panel, int records, const RoundedBlock* x)
{
    constexpr int together = rows == 1 ? 1 : 2;
    Floats sums[rows];
    for (int r = 0; r < rows; ++r)
        sums[r] = splat(0.f);
    for (int i = 0; i < records; ++i, panel += Format::recordBytes) {
        const typename Format::Open opened = Format::open(panel);
        for (int j = 0; j < Format::blocks; ++j, x += rows) {
            typename Format::Block block;
            Format::unpack(block, opened, panel, j);
#pragma GCC unroll 16
            for (int r = 0; r < rows; r += together) {
                if constexpr (rows >= 4)
                    fetchAhead<Format, rows / together>(panel, j, r / together);
                addBlock<Format, together>(sums + r, block, x + r);
            }
        }
    }
    for (int r = 0; r < rows; ++r)
        storeTileRow(to, r, sums[r]);
}

/// Rows of a tile whose dot products a tile unit takes.
constexpr int kUnitRows = 16;

/// For processors without a tile unit. One with it has Tiles::exist, begin(groups) and end() around
/// a product, and multiply<which>(): the sums of kUnitRows rows of x, one block apart, with
/// `groups` groups of weights, as rows of 16 lanes; `which` is 0 or 1, and both may be under way at
/// once.
struct NoTiles {
    static constexpr bool exist = false;
};

/// The dot products of two blocks go to the tile unit at a time, so that it is not waited for; what
/// follows is as above, bit for bit.
template <class Format, class Tiles>
void unitTile(const TileOutput& to, const uint8_t* panel, int records, const RoundedBlock* x)
{
    constexpr int parts = Format::parts, groups = 8 / parts, together = 2;
    alignas(64) uint8_t weights[together][quantBytes(8)];
    alignas(64) int32_t dots[together][parts][kUnitRows * kPanelRows];
    Floats sums[kUnitRows];
    for (Floats& sum : sums)
        sum = splat(0.f);
    for (int i = 0; i < records; ++i, panel += Format::recordBytes) {
        const typename Format::Open opened = Format::open(panel);
        for (int j = 0; j < Format::blocks; j += together) {
            typename Format::Block blocks[together];
            for (int t = 0; t < together; ++t) {
                Format::unpack(blocks[t], opened, panel, j + t);
                for (int v = 0; v < 8; ++v)
                    storeBytes(weights[t] + 64 * v, blocks[t].w[v]);
            }
            for (int part = 0; part < parts; ++part) {
                const int byte = 4 * groups * part, vector = 64 * groups * part;
                Tiles::template multiply<0>(dots[0][part], x->q + byte, weights[0] + vector);
                Tiles::template multiply<1>(dots[1][part], x[kUnitRows].q + byte,
                                            weights[1] + vector);
            }
            for (int t = 0; t < together; ++t, x += kUnitRows)
                for (int r = 0; r < kUnitRows; ++r) {
                    Ints own[parts];
                    for (int part = 0; part < parts; ++part)
                        own[part] = addInts(loadInts(dots[t][part] + kPanelRows * r),
                                            splatInt(Format::start(x[r], part)));
                    sums[r] = Format::add(sums[r], blocks[t], x[r], own);
                }
        }
    }
    for (int r = 0; r < kUnitRows; ++r)
        storeTileRow(to, r, sums[r]);
}

inline int tileRows(int rows)
{
    int tile = kTileRows;
    while (tile > rows)
        tile /= 2;
    return tile;
}

template <class Format, class Tiles>
void anyRoundedTile(int rows, const TileOutput& to, const uint8_t* panel, int records,
                    const RoundedBlock* x)
{
    if constexpr (Tiles::exist) {
        if (rows == kUnitRows)
            return unitTile<Format, Tiles>(to, panel, records, x);
    }
    if constexpr (kTileRows >= 16) {
        if (rows == 16)
            return roundedTile<Format, 16>(to, panel, records, x);
        if (rows == 8)
            return roundedTile<Format, 8>(to, panel, records, x);
    }
    if (rows == 4)
        return roundedTile<Format, 4>(to, panel, records, x);
    if (rows == 2)
        return roundedTile<Format, 2>(to, panel, records, x);
    roundedTile<Format, 1>(to, panel, records, x);
}

/// Where panel p of a run puts its results for the rows from `row` on.
inline TileOutput tileOutput(const PanelProduct& run, int p, int row)
{
    const int first = kPanelRows * p;
    const int left = run.outputs - first;
    return {run.y + static_cast<size_t>(row) * run.yStride + first, run.yStride,
            run.bias ? run.bias + first : nullptr, left < kPanelRows ? left : kPanelRows};
}

template <class Format, class Tiles> void roundedProduct(const PanelProduct& run)
{
    constexpr int cacheBytes = 512 * 1024; // of rounded rows, in the second-level cache
    const int fitting = cacheBytes / (run.blocks * static_cast<int>(sizeof(RoundedBlock)));
    const int group = fitting < kTileRows ? kTileRows : fitting / kTileRows * kTileRows;
    constexpr int recordElements = kBlock * Format::blocks;
    const int records = (run.in + recordElements - 1) / recordElements;
    if constexpr (Tiles::exist)
        Tiles::begin(8 / Format::parts);

    for (int firstRow = 0; firstRow < run.rows; firstRow += group) {
        const int lastRow = firstRow + group < run.rows ? firstRow + group : run.rows;
        for (int p = 0; p < run.panelCount; ++p) {
            const uint8_t* panel = run.panels + static_cast<size_t>(p) * run.panelBytes;
            for (int row = firstRow; row < lastRow;) {
                const int rows = tileRows(run.rows - row);
                const RoundedBlock* x =
                    run.rounded + static_cast<size_t>(row) * static_cast<size_t>(run.blocks);
                anyRoundedTile<Format, Tiles>(rows, tileOutput(run, p, row), panel, records, x);
                row += rows;
            }
        }
    }
    if constexpr (Tiles::exist)
        Tiles::end();
}

inline void roundBlock(RoundedBlock& to, Floats first, Floats second)
{
    const float largest = largestLane(larger(magnitude(first), magnitude(second)));
    constexpr float tiny = 1e-30f; // below, 127 / largest would overflow
    const float inverse = largest > tiny ? 127.f / largest : 0.f;
    const Ints a = toInts(mul(first, splat(inverse)));
    const Ints b = toInts(mul(second, splat(inverse)));
    const int32_t sums[2] = {sumInts(a), sumInts(b)};
    storeAsBytes(to.q, a);
    storeAsBytes(to.q + 16, b);
    to.d = largest > tiny ? largest / 127.f : 0.f;
    to.sum = to.d * static_cast<float>(sums[0] + sums[1]);
    to.offset128 = -128 * (sums[0] + sums[1]);
    to.offset8 = -8 * (sums[0] + sums[1]);
    to.offset12 = -12 * (sums[0] + sums[1]);
    to.offset32[0] = -32 * sums[0];
    to.offset32[1] = -32 * sums[1];
    to.halves[0] = static_cast<int16_t>(sums[0]);
    to.halves[1] = static_cast<int16_t>(sums[1]);
}

void roundRows(RoundedBlock* to, int blocks, const float* x, size_t stride, int in, int rows)
{
    for (int row = 0; row < rows;) {
        const int tile = tileRows(rows - row);
        for (int r = 0; r < tile; ++r, ++row, x += stride)
            for (int b = 0; b < blocks; ++b) {
                const bool padding = b * kBlock >= in;
                const float* from = x + b * kBlock;
                roundBlock(to[b * tile + r], padding ? splat(0.f) : load(from),
                           padding ? splat(0.f) : load(from + 16));
            }
        to += static_cast<size_t>(blocks) * static_cast<size_t>(tile);
    }
}

struct FormatF32 {
    using Element = float;
    static Floats get(const Element* p) { return load(p); }
};
struct FormatF16 {
    using Element = uint16_t;
    static Floats get(const Element* p) { return loadHalves(p); }
};
struct FormatBF16 {
    using Element = uint16_t;
    static Floats get(const Element* p) { return loadBfloats(p); }
};

/// Up to eight rows times one panel, or a few rows times several panels: enough independent sums to
/// hide the latency of the multiply-add. More rows, a power of two apart, would evict each other
/// from the eight ways of the first-level cache.
template <class Format, int rows, int panels>
void plainTile(const PanelProduct& run, int firstPanel, int firstRow)
{
    using Element = typename Format::Element;
    const Element* w[panels];
    const float* x[rows];
    Floats sums[panels][rows];
    for (int p = 0; p < panels; ++p)
        w[p] = reinterpret_cast<const Element*>(
            run.panels + static_cast<size_t>(firstPanel + p) * run.panelBytes);
    for (int r = 0; r < rows; ++r)
        x[r] = run.x + static_cast<size_t>(firstRow + r) * run.xStride;
    for (int p = 0; p < panels; ++p)
        for (int r = 0; r < rows; ++r)
            sums[p][r] = splat(0.f);

    for (int k = 0; k < run.in; ++k) {
#pragma GCC unroll 4
        for (int p = 0; p < panels; ++p) {
            const Floats weights = Format::get(w[p] + kPanelRows * k);
#pragma GCC unroll 16
            for (int r = 0; r < rows; ++r)
                sums[p][r] = fma(weights, splat(x[r][k]), sums[p][r]);
        }
    }
    for (int p = 0; p < panels; ++p)
        for (int r = 0; r < rows; ++r)
            storeTileRow(tileOutput(run, firstPanel + p, firstRow), r, sums[p][r]);
}

template <class Format, int rows>
void plainRows(const PanelProduct& run, int firstPanel, int panels, int firstRow)
{
    constexpr int together = rows == 1 ? 4 : rows == 2 ? 2 : 1;
    int p = 0;
    for (; p + together <= panels; p += together)
        plainTile<Format, rows, together>(run, firstPanel + p, firstRow);
    for (; p < panels; ++p)
        plainTile<Format, rows, 1>(run, firstPanel + p, firstRow);
}

template <class Format> void plainProduct(const PanelProduct& run)
{
    constexpr int panelGroup = 4, mostRows = kTileRows < 8 ? kTileRows : 8;
    for (int p = 0; p < run.panelCount; p += panelGroup) {
        const int panels = run.panelCount - p < panelGroup ? run.panelCount - p : panelGroup;
        int row = 0;
        for (; row + mostRows <= run.rows; row += mostRows)
            plainRows<Format, mostRows>(run, p, panels, row);
        if (row + 4 <= run.rows && mostRows > 4) {
            plainRows<Format, 4>(run, p, panels, row);
            row += 4;
        }
        if (row + 2 <= run.rows) {
            plainRows<Format, 2>(run, p, panels, row);
            row += 2;
        }
        if (row < run.rows)
            plainRows<Format, 1>(run, p, panels, row);
    }
}

} // namespace
} // namespace inglenook::cpu
