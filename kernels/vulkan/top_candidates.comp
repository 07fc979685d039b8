#version 460
#extension GL_GOOGLE_include_directive : require
#include "candidates.glsl"

// One workgroup per row. A token's place is the number of those before it: the list is short.

const int kLogits = 2; // columns of `found`, as in candidates.h
const int kTokens = kLogits + kCandidates;

shared uint keys[kCrowd];
shared uint tokens[kCrowd];

void main()
{
    const int row = int(gl_WorkGroupID.x);
    const int found = row * p.foundStride;
    const int list = notes(row) + kList;
    const bool finite = p.notes.v[notes(row) + kFinite] != 0u;
    const uint listed = p.notes.v[notes(row) + kListed];
    const int count = finite && listed <= uint(kCrowd) ? int(listed) : 0;
    for (int i = self(); i < count; i += kGroup) {
        keys[i] = p.notes.v[list + 2 * i];
        tokens[i] = p.notes.v[list + 2 * i + 1];
    }
    barrier();
    for (int i = self(); i < count; i += kGroup) {
        int before = 0;
        for (int j = 0; j < count; ++j)
            before += keys[j] > keys[i] || (keys[j] == keys[i] && tokens[j] < tokens[i]) ? 1 : 0;
        if (before >= kCandidates)
            continue;
        p.found.v[found + kLogits + before] = p.logits.v[row * p.logitStride + int(tokens[i])];
        p.found.v[found + kTokens + before] = tokens[i];
    }
    for (int i = count + self(); i < kCandidates; i += kGroup) {
        p.found.v[found + kLogits + i] = 0u;
        p.found.v[found + kTokens + i] = 0u;
    }
    if (self() == 0) {
        p.found.v[found] = finite ? 1u : 0u;
        p.found.v[found + 1] = uint(min(count, kCandidates));
    }
}
