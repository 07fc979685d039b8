#pragma once

// Every body for one instruction set: included behind lanes_*.h, in no file that includes anything
// else. Other includes may bring inline code: the linker could hand the copy made for this set to a
// processor without it.

#include "kernels/cpu/matmul_body.h"
#include "kernels/cpu/rows_body.h"

#include "kernels/cpu/quantised_pages_body.h"

namespace inglenook::cpu {
namespace {

template <class Tiles> constexpr Instructions allBodies()
{
    return {
        .roundRows = roundRows,
        .largestTile = kTileRows,
        .productF32 = plainProduct<FormatF32>,
        .productF16 = plainProduct<FormatF16>,
        .productBF16 = plainProduct<FormatBF16>,
        .productQ8_0 = roundedProduct<FormatQ8_0, Tiles>,
        .productQ4_0 = roundedProduct<FormatQ4_0, Tiles>,
        .productQ5_1 = roundedProduct<FormatQ5_1, Tiles>,
        .productQ2_K = roundedProduct<FormatQ2_K, Tiles>,
        .productQ3_K = roundedProduct<FormatQ3_K, Tiles>,
        .productQ4_K = roundedProduct<FormatQ4_K, Tiles>,
        .productQ5_K = roundedProduct<FormatQ5_K, Tiles>,
        .productQ6_K = roundedProduct<FormatQ6_K, Tiles>,
        .productIQ4_XS = roundedProduct<FormatIQ4_XS, Tiles>,
        .productMXFP4 = roundedProduct<FormatMXFP4, Tiles>,
        .rmsNorm = rmsNorm,
        .add = addRow,
        .gluSilu = gluSilu,
        .gluGelu = gluGelu,
        .gluClampedSilu = gluClampedSilu,
        .softcap = softcapRow,
        .toHalf = toHalf,
        .raiseGreatest = raiseGreatest,
        .nextFrom = nextFrom,
        .attendChunkF16 = attendChunk<HalfPages>,
        .attendChunkQ8_0 = attendChunk<QuantisedPages<EightBits>>,
        .attendChunkQ4 = attendChunk<QuantisedPages<FourBits>>,
        .mergePartial = mergePartial,
        .finishPartial = finishPartial,
    };
}

} // namespace
} // namespace inglenook::cpu
