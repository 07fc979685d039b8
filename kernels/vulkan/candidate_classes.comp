#version 460
#extension GL_GOOGLE_include_directive : require
#include "candidates.glsl"

// Workgroups: (slices, rows). An invocation has some classes, one after another.

void main()
{
    const int row = int(gl_WorkGroupID.y);
    const int slice = int(gl_WorkGroupID.x);
    const int logits = row * p.logitStride;
    const int first = slice * p.sliceLogits;
    const int last = min(first + p.sliceLogits, p.cols);
    for (int c = self(); c < kClasses; c += kGroup) {
        uint greatest = 0u;
        for (int i = first + c; i < last; i += kClasses)
            greatest = max(greatest, keyOf(p.logits.v[logits + i]));
        p.notes.v[notes(row) + kGreatest + slice * kClasses + c] = greatest;
    }
    if (slice == 0 && self() == 0)
        p.notes.v[notes(row) + kListed] = 0u;
}
