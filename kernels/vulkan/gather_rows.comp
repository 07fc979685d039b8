#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// One invocation per element. A row outside x is a mistake of the caller; it gives zeros rather than
// a read outside the buffer.

layout(push_constant) uniform Push {
    Floats y;
    Floats x;
    Ints rows;
    int cols;
    int yStride;
    int xStride;
    int rowsStride;
    int xRows;
}
p;

void main()
{
    const int c = int(gl_GlobalInvocationID.x);
    const int r = int(gl_WorkGroupID.y);
    if (c >= p.cols)
        return;
    const int from = p.rows.v[r * p.rowsStride];
    const bool inside = from >= 0 && from < p.xRows;
    p.y.v[r * p.yStride + c] = inside ? p.x.v[from * p.xStride + c] : 0.0;
}
