// Every body for this instruction set, compiled with its flags. No other include may bring inline
// code here: the linker could hand the copy made for this set to a processor without it.

#include "kernels/cpu/lanes_avx2.h"

#include "kernels/cpu/matmul_body.h"
#include "kernels/cpu/rows_body.h"

#include "kernels/cpu/attention_body.h"

namespace inglenook::cpu {

const Instructions kAvxVnni = {
    .roundRows = roundRows,
    .largestTile = kTileRows,
    .productF32 = plainProduct<FormatF32>,
    .productF16 = plainProduct<FormatF16>,
    .productBF16 = plainProduct<FormatBF16>,
    .productQ8_0 = roundedProduct<FormatQ8_0>,
    .productQ4_0 = roundedProduct<FormatQ4_0>,
    .productQ4_K = roundedProduct<FormatQ4_K>,
    .productQ5_K = roundedProduct<FormatQ5_K>,
    .productQ6_K = roundedProduct<FormatQ6_K>,
    .rmsNorm = rmsNorm,
    .add = addRow,
    .gluSilu = gluSilu,
    .gluGelu = gluGelu,
    .softcap = softcapRow,
    .toHalf = toHalf,
    .attendChunk = attendChunk,
    .mergePartial = mergePartial,
    .finishPartial = finishPartial,
};

} // namespace inglenook::cpu
