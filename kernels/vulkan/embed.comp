#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "dequant.glsl"

// One invocation per eight elements of a row. A table of several parts takes one dispatch per part, and
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
    const int c = 8 * int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c >= p.cols)
        return;
    const int id = p.ids.v[r * p.idsStride];
    const bool inPart = id >= p.first && id < p.first + p.count;
    const bool nowhere = id < 0 || id >= p.total;
    if (!inPart && !(nowhere && p.first == 0))
        return;

    float numbers[8];
    for (int i = 0; i < 8; ++i)
        numbers[i] = 0.0;
    if (inPart)
        weights8(p.table, loadUnit(p.table, (id - p.first) * p.units + c / 32), (c / 8) % 4, numbers);
    for (int i = 0; i < 8; ++i)
        if (c + i < p.cols)
            p.y.v[r * p.yStride + c + i] = p.scale * numbers[i];
}
