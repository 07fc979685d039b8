#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "dequant.glsl"

// One invocation per unit of a row. A table of several parts takes one dispatch per part, and
// each writes the rows whose id lies in it; the first also writes zeros for ids in none.

layout(push_constant) uniform Push {
    Floats y;
    Ints ids;
    Planes table;
    int cols;
    int units; // of 32 elements, per row of the table
    int yStride;
    int idsStride;
    int first; // row of this part
    int count;
    int total; // rows of the whole table
    float scale;
}
p;

void main()
{
    const int u = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (u >= p.units)
        return;
    const int id = p.ids.v[r * p.idsStride];
    const bool inPart = id >= p.first && id < p.first + p.count;
    const bool nowhere = id < 0 || id >= p.total;
    if (!inPart && !(nowhere && p.first == 0))
        return;

    const int from = r * p.yStride + 32 * u;
    if (!inPart) {
        for (int i = 0; i < 32 && 32 * u + i < p.cols; ++i)
            p.y.v[from + i] = 0.0;
        return;
    }
    const Unit unit = loadUnit(p.table, (id - p.first) * p.units + u);
    for (int eighth = 0; eighth < 4; ++eighth) {
        const vec4 numbers[2] = numbers8(p.table, unit, eighth);
        [[unroll]] for (int i = 0; i < 8; ++i)
            if (32 * u + 8 * eighth + i < p.cols)
                p.y.v[from + 8 * eighth + i] = p.scale * numbers[i / 4][i % 4];
    }
}
