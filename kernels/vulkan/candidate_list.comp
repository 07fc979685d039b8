#version 460
#extension GL_GOOGLE_include_directive : require
#include "candidates.glsl"

// Workgroups: (slices, rows). Each finds the bound by itself, bit by bit: the kCandidates-th greatest of the
// greatest of the classes. In which order tokens are listed is left to chance: no result depends on it.

shared uint greatest[kClasses];
const int kEach = (kClasses + kLanes - 1) / kLanes; // classes of a lane

int subgroupCount(int count)
{
    for (int distance = kLanes / 2; distance > 0; distance /= 2)
        count += subgroupShuffleXor(count, uint(distance));
    return count;
}

void main()
{
    const int row = int(gl_WorkGroupID.y);
    const int slice = int(gl_WorkGroupID.x);
    for (int c = self(); c < kClasses; c += kGroup) {
        uint all = 0u;
        for (int s = 0; s < p.slices; ++s)
            all = max(all, p.notes.v[notes(row) + kGreatest + s * kClasses + c]);
        greatest[c] = all;
    }
    barrier();
    uint own[kEach];
    int broken = 0;
    for (int j = 0; j < kEach; ++j) {
        const int c = lane() + j * kLanes;
        own[j] = c < kClasses ? greatest[c] : 0u;
        broken += own[j] == kNotFinite ? 1 : 0;
    }
    const bool finite = subgroupCount(broken) == 0;
    if (slice == 0 && self() == 0)
        p.notes.v[notes(row) + kFinite] = finite ? 1u : 0u;
    if (!finite)
        return;

    uint bound = 0u;
    for (int bit = 31; bit >= 0; --bit) {
        const uint higher = bound | 1u << bit;
        int reach = 0;
        for (int j = 0; j < kEach; ++j)
            reach += own[j] >= higher ? 1 : 0;
        if (subgroupCount(reach) >= kCandidates)
            bound = higher;
    }

    const int logits = row * p.logitStride;
    const int first = slice * p.sliceLogits;
    const int last = min(first + p.sliceLogits, p.cols);
    for (int i = first + self(); i < last; i += kGroup) {
        const uint key = keyOf(p.logits.v[logits + i]);
        if (key < bound)
            continue;
        const int place = int(atomicAdd(p.notes.v[notes(row) + kListed], 1u));
        if (place < kCrowd) {
            p.notes.v[notes(row) + kList + 2 * place] = key;
            p.notes.v[notes(row) + kList + 2 * place + 1] = uint(i);
        }
    }
}
