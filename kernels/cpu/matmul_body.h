#pragma once

// Matmul for one instruction set: included behind lanes_*.h, in no other file.
//
// A tile is one panel (16 outputs) times 1 to kTileRows rows. Each lane adds its blocks in k order
// with one fused multiply-add per scale, whatever the tile's rows: one row, a batch and a prompt
// get the same bits. The weights of a block are unpacked once per tile; a panel stays in the cache
// while all row tiles of a group pass over it. A panel is one stream from front to back, which the
// hardware prefetches best alone: one core reads Q4_K at 93 % of its bandwidth, at 82 % with
// prefetch instructions. 16 rows and more reach 65 % (Q4_K) to 76 % (Q8_0) of the peak of the dot
// product instruction; the rest goes to the scales. AMD EPYC (Zen 4), AVX-512 VNNI, 2026-11-21.

#include "kernels/cpu/instructions.h"

namespace inglenook::cpu {
namespace {

inline void unpackNibbles(Bytes (&w)[8], const uint8_t* quants)
{
    for (int v = 0; v < 4; ++v) {
        const Bytes both = loadBytes(quants + 64 * v);
        w[v] = lowNibbles(both);
        w[v + 4] = highNibbles(both);
    }
}

/// The rounded quants of some rows' blocks: each block of x is a row's.
template <int rows> struct RowQuants {
    const int8_t* q[rows];

    explicit RowQuants(const RoundedBlock* x, int from = 0)
    {
        for (int r = 0; r < rows; ++r)
            q[r] = x[r].q + from;
    }
};

/// A format tells how a record opens, how a block is unpacked, and what it adds to the sums of one
/// or two rows, whose blocks lie side by side at x.
struct FormatQ8_0 {
    static constexpr int recordBytes = kQ80Record, blocks = kPairBlocks;
    static constexpr int blockBytes = quantBytes(8);
    struct Block {
        Bytes w[8];
        Floats scale;
    };
    struct Open { };

    static Open open(const uint8_t*) { return {}; }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        block.scale = loadHalves(reinterpret_cast<const uint16_t*>(record) + kPanelRows * j);
        for (int v = 0; v < 8; ++v)
            block.w[v] = loadBytes(record + 64 + blockBytes * j + 64 * v);
    }
    template <int rows>
    static void accumulate(Floats* sums, const Block& block, const RoundedBlock* x)
    {
        Ints dots[rows];
        dotsOffset128(dots, block.w, x, RowQuants<rows>(x).q);
        for (int r = 0; r < rows; ++r)
            sums[r] = fma(mul(block.scale, splat(x[r].d)), toFloats(dots[r]), sums[r]);
    }
};

struct FormatQ4_0 {
    static constexpr int recordBytes = kQ40Record, blocks = kPairBlocks;
    static constexpr int blockBytes = quantBytes(4);
    using Block = FormatQ8_0::Block;
    using Open = FormatQ8_0::Open;

    static Open open(const uint8_t*) { return {}; }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        block.scale = loadHalves(reinterpret_cast<const uint16_t*>(record) + kPanelRows * j);
        unpackNibbles(block.w, record + 64 + blockBytes * j);
    }
    template <int rows>
    static void accumulate(Floats* sums, const Block& block, const RoundedBlock* x)
    {
        Ints dots[rows];
        for (int r = 0; r < rows; ++r)
            dots[r] = splatInt(x[r].offset8);
        addDots<15, 8>(dots, block.w, RowQuants<rows>(x).q);
        for (int r = 0; r < rows; ++r)
            sums[r] = fma(mul(block.scale, splat(x[r].d)), toFloats(dots[r]), sums[r]);
    }
};

/// What Q4_K and Q5_K share: w = d scale q - dmin min.
template <int largest> struct FormatScaleMin {
    struct Open {
        Floats d, dmin;
    };
    struct Block {
        Bytes w[8];
        Floats scale, min;
    };

    static Open open(const uint8_t* record)
    {
        const auto* halves = reinterpret_cast<const uint16_t*>(record);
        return {loadHalves(halves), loadHalves(halves + kPanelRows)};
    }
    static void unpackScales(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const uint8_t* scales = record + 64 + kPanelRows * j;
        block.scale = mul(opened.d, loadUnsignedBytes(scales));
        block.min = mul(opened.dmin, loadUnsignedBytes(scales + kPanelRows * kSuperBlocks));
    }
    template <int rows>
    static void accumulate(Floats* sums, const Block& block, const RoundedBlock* x)
    {
        Ints dots[rows];
        for (int r = 0; r < rows; ++r)
            dots[r] = splatInt(0);
        addDots<largest, 8>(dots, block.w, RowQuants<rows>(x).q);
        for (int r = 0; r < rows; ++r) {
            const Floats sum = fma(mul(block.scale, splat(x[r].d)), toFloats(dots[r]), sums[r]);
            sums[r] = negatedFma(block.min, splat(x[r].sum), sum);
        }
    }
};

struct FormatQ4_K : FormatScaleMin<15> {
    static constexpr int recordBytes = kQ4KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(4);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        unpackNibbles(block.w, record + kQ4KQuants + blockBytes * j);
    }
};

struct FormatQ5_K : FormatScaleMin<31> {
    static constexpr int recordBytes = kQ5KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(5);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        const uint8_t* quants = record + kQ4KQuants + blockBytes * j;
        unpackNibbles(block.w, quants);
        const Bytes high = loadBytes(quants + quantBytes(4));
        block.w[0] = withHighBits<4>(block.w[0], high, 0x10);
        block.w[1] = withHighBits<3>(block.w[1], high, 0x10);
        block.w[2] = withHighBits<2>(block.w[2], high, 0x10);
        block.w[3] = withHighBits<1>(block.w[3], high, 0x10);
        block.w[4] = withHighBits<0>(block.w[4], high, 0x10);
        block.w[5] = withHighBits<-1>(block.w[5], high, 0x10);
        block.w[6] = withHighBits<-2>(block.w[6], high, 0x10);
        block.w[7] = withHighBits<-3>(block.w[7], high, 0x10);
    }
};

struct FormatQ6_K {
    static constexpr int recordBytes = kQ6KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(6);
    struct Open {
        Floats d;
    };
    struct Block {
        Bytes w[8];
        Floats scale[2]; // of groups 0..3 and 4..7
    };

    static Open open(const uint8_t* record)
    {
        return {load(reinterpret_cast<const float*>(record))};
    }
    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const uint8_t* quants = record + kQ6KQuants + blockBytes * j;
        for (int h = 0; h < 2; ++h) {
            const uint8_t* scales = record + 64 + kPanelRows * (2 * j + h);
            block.scale[h] = mul(opened.d, loadSignedBytes(scales));
            Bytes three[3];
            for (int f = 0; f < 3; ++f) {
                three[f] = loadBytes(quants + 64 * (3 * h + f));
                block.w[4 * h + f] = lowSixBits(three[f]);
            }
            block.w[4 * h + 3] = highBitPairs(three[0], three[1], three[2]);
        }
    }
    template <int rows>
    static void accumulate(Floats* sums, const Block& block, const RoundedBlock* x)
    {
        Ints first[rows], second[rows];
        for (int r = 0; r < rows; ++r) {
            first[r] = splatInt(x[r].offset32[0]);
            second[r] = splatInt(x[r].offset32[1]);
        }
        addDots<63, 4>(first, block.w, RowQuants<rows>(x).q);
        addDots<63, 4>(second, block.w + 4, RowQuants<rows>(x, 16).q);
        for (int r = 0; r < rows; ++r) {
            const Floats both =
                fma(block.scale[1], toFloats(second[r]), mul(block.scale[0], toFloats(first[r])));
            sums[r] = fma(both, splat(x[r].d), sums[r]);
        }
    }
};

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
#pragma GCC unroll 16
    for (int i = share * lines / shares; i < (share + 1) * lines / shares; ++i)
        __builtin_prefetch(panel + ahead + bytes * j + line * i, 0, 2);
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
                Format::template accumulate<together>(sums + r, block, x + r);
            }
        }
    }
    for (int r = 0; r < rows; ++r)
        storeTileRow(to, r, sums[r]);
}

inline int tileRows(int rows)
{
    int tile = kTileRows;
    while (tile > rows)
        tile /= 2;
    return tile;
}

template <class Format>
void anyRoundedTile(int rows, const TileOutput& to, const uint8_t* panel, int records,
                    const RoundedBlock* x)
{
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

template <class Format> void roundedProduct(const PanelProduct& run)
{
    constexpr int cacheBytes = 512 * 1024; // of rounded rows, in the second-level cache
    const int fitting = cacheBytes / (run.blocks * static_cast<int>(sizeof(RoundedBlock)));
    const int group = fitting < kTileRows ? kTileRows : fitting / kTileRows * kTileRows;
    const int records = run.blocks / Format::blocks;

    for (int firstRow = 0; firstRow < run.rows; firstRow += group) {
        const int lastRow = firstRow + group < run.rows ? firstRow + group : run.rows;
        for (int p = 0; p < run.panelCount; ++p) {
            const uint8_t* panel = run.panels + static_cast<size_t>(p) * run.panelBytes;
            for (int row = firstRow; row < lastRow;) {
                const int rows = tileRows(run.rows - row);
                const RoundedBlock* x =
                    run.rounded + static_cast<size_t>(row) * static_cast<size_t>(run.blocks);
                anyRoundedTile<Format>(rows, tileOutput(run, p, row), panel, records, x);
                row += rows;
            }
        }
    }
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
    to.offset32[0] = -32 * sums[0];
    to.offset32[1] = -32 * sums[1];
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
