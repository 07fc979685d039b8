// What both kernels of matmul share. An output is a chain of fixed order over units of 32 elements: the
// products within a unit make a sum of its own, kParts partial sums each take every kParts-th unit in
// order, and the partial sums are added in order. One kernel gives a partial sum to each lane, the other
// walks all of them in a lane: the bits are the same.
//
// Where the weights are quantised, x is rounded to signed bytes too (round_rows.comp): then the sum of a
// unit is a whole number, exact in integers and in f32 alike (at most 2^24 in magnitude). So devices that
// multiply four pairs of bytes in one instruction use that (BYTE_DOTS), and the bits are those of all others.

#include "dequant.glsl"

#if defined(BYTE_DOTS)
#extension GL_EXT_spirv_intrinsics : require
// OpSDot of signed bytes packed into words, as literal 0 says. Debian 12's compiler knows no name for it.
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int signedDot(int a, int b, spirv_literal int packing);
#define Eight ivec2 // neighbours in a unit, of w or x
#define Products int // their sum, of one output
#else
#define Eight vec4[2]
#define Products float
#endif

const int kParts = kLanes < 8 ? kLanes : 8;

#if defined(QUANTISED)
const int kWords = 8; // of a unit of x: four signed bytes each
#else
const int kWords = 32; // of a unit of x: floats
#endif
// Of a unit of rounded x: the scale, and what its numbers sum to; of Q2_K, what those of each half sum to.
#if defined(HAS_HALF_LEASTS)
#define Scale vec3
#define SCALE_OF xzw
#else
#define Scale vec2
#define SCALE_OF xy
#endif

layout(push_constant) uniform Push {
    Floats y;
    Quads x; // units of kWords
    FloatQuads xScales; // of rounded units, as round_rows.comp writes them
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
Eight weights8(Unit unit, int eighth)
{
#if defined(BYTE_DOTS)
    return packed8(p.w, unit, eighth);
#elif defined(QUANTISED)
    return quants8(p.w, unit, eighth);
#else
    return numbers8(p.w, unit, eighth);
#endif
}

/// `sum` with eight products more. `unit` and `eighth` say where w is from.
Products withProducts(Products sum, Unit unit, int eighth, Eight w, Eight x)
{
#if defined(BYTE_DOTS)
    const int dot8 = signedDot(w.x, x.x, 0) + signedDot(w.y, x.y, 0);
#if defined(HAS_HALF_SCALES)
    return sum + unit.scales[eighth >> 1] * dot8;
#else
    return sum + dot8;
#endif
#else
    precise float result = sum;
    [[unroll]] for (int i = 0; i < 8; ++i)
        result = fma(w[i / 4][i % 4], x[i / 4][i % 4], result);
    return result;
#endif
}

/// The partial sum with a unit more: `products` are those of its elements.
float withUnit(float sum, Products products, Unit w, Scale x)
{
#if defined(QUANTISED)
    precise float result = fma(float(products), x.x * w.scale, sum);
#if defined(HAS_LEAST)
    result = fma(-w.least, x.y, result);
#elif defined(HAS_HALF_LEASTS)
    result = fma(-w.leasts.x, x.y, result);
    result = fma(-w.leasts.y, x.z, result);
#endif
#else
    precise float result = sum + products;
#endif
    return result;
}

/// `first` is where the matrix begins whose row `column` made the sum, in rows of w.
void writeOutput(int row, int column, float sum, int first)
{
    if (column >= p.lastOut || row >= p.rows)
        return;
    precise float result = sum;
    if (p.biased != 0)
        result = result + p.bias.v[first + column];
    p.y.v[row * p.yStride + column] = result;
}
