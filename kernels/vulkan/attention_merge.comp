#version 460
#extension GL_EXT_control_flow_attributes : require
#extension GL_GOOGLE_include_directive : require
#include "functions.glsl"
#include "memory.glsl"

const int kHeads = 1;
#include "attention.glsl"

// A workgroup owns a query head of a row and merges its chunks in order.

layout(push_constant) uniform Push {
    Floats y;
    Ints positions;
    Floats scratch;
    Floats sinks;
    int yStride;
    int heads;
    int positionsStride;
    int window;
    int chunks;
    int sunk; // whether there are sinks
}
p;

void readChunk(int at)
{
    for (int i = 0; i < kPairsEach; ++i) {
        const int pair = min(invocation() + i * kGroup, kHeadSize / 2 - 1);
        chunkSums[i] = vec2(p.scratch.v[at + 2 + 2 * pair], p.scratch.v[at + 3 + 2 * pair]);
    }
    chunk[0] = Shares(p.scratch.v[at], p.scratch.v[at + 1]);
}

void main()
{
    const int h = int(gl_WorkGroupID.x);
    const int r = int(gl_WorkGroupID.y);
    const int position = p.positions.v[r * p.positionsStride];
    const int output_ = r * p.yStride + h * kHeadSize;
    if (position < 0) {
        writeZeros(p.y, output_);
        return;
    }
    const ivec2 chunks = visible(position, p.window) / kChunkTokens;
    const int row = (r * p.heads + h) * p.chunks;
    readChunk((row + chunks.x) * (kHeadSize + 2));
    begin();
    for (int c = chunks.x + 1; c <= chunks.y; ++c) {
        readChunk((row + c) * (kHeadSize + 2));
        merge();
    }
    if (p.sunk != 0)
        mergeSinks(p.sinks, h);
    writeOutput(p.y, output_);
}
