// What both kernels of matmul share. An output is a chain of fixed order over units of 32 elements: the
// products within a unit make a sum of its own, kParts partial sums each take every kParts-th unit in
// order, and the partial sums are added in order. One kernel gives a partial sum to each lane, the other
// walks all of them in a lane: the bits are the same.
//
// Where the weights are quantised, x is rounded to signed bytes too (round_rows.comp): then the sum of a
// unit is a whole number, exact in integers and in f32 alike (at most 2^24 in magnitude).

#include "dequant.glsl"

const int kParts = kLanes < 8 ? kLanes : 8;

#if defined(QUANTISED)
const int kWords = 8; // of a unit of x: four signed bytes each
#else
const int kWords = 32; // of a unit of x: floats
#endif
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Scales { vec2 v[]; };

layout(push_constant) uniform Push {
    Floats y;
    Quads x; // units of kWords
    Scales xScales; // of rounded units: the scale, and the scaled sum of the unit's numbers
    Floats bias;
    Planes w;
    Ints ids; // of experts, where a row is a pick: by rows, or tiles of picks (expert_groups.comp)
    int rows;
    int units; // per row
    int firstOut; // of the outputs this dispatch computes, of lastOut - firstOut
    int lastOut;
    int xStride; // words
    int yStride;
    int biased;
    int idStride;
    int picks; // of each row of ids
    int picksPerX; // that share a row of x
    int expertOut; // rows of w that are one expert's
}
p;

/// What the elements 8 * eighth .. 8 * eighth + 7 of a unit of w are to be multiplied with x by.
void factors8(Unit unit, int eighth, out vec4 factors[2])
{
#if defined(QUANTISED)
    quants8(p.w, unit, eighth, factors);
#else
    numbers8(p.w, unit, eighth, factors);
#endif
}

/// The partial sum with a unit more: `products` are those of its elements, `x` the scales of its x.
float withUnit(float sum, float products, Unit w, vec2 x)
{
#if defined(QUANTISED)
    precise float result = fma(products, x.x * w.scale, sum);
#if defined(HAS_LEAST)
    result = fma(-w.least, x.y, result);
#endif
#else
    precise float result = sum + products;
#endif
    return result;
}

void writeOutput(int row, int column, float sum)
{
    if (column >= p.lastOut || row >= p.rows)
        return;
    precise float result = sum;
    if (p.biased != 0)
        result = result + p.bias.v[column];
    p.y.v[row * p.yStride + column] = result;
}
