// The search for the likeliest tokens of a row, in three kernels: candidate_classes.comp finds the greatest
// logit of each class in every slice of the row, candidate_list.comp lists what reaches the bound that
// follows from them, top_candidates.comp puts the list in order. Constants as in candidates.h.
//
// Logits are compared as whole numbers that have their order: devices may take the smallest floats for zero.

#include "memory.glsl"

const int kCandidates = 64;
const int kClasses = 256;
const int kCrowd = 1024;
const uint kNotFinite = 0xffffffffu; // greater than every logit
const int kGroup = kLanes * kSubgroups;

// What the kernels tell each other about a row, in words: how many are listed, whether all logits are finite,
// the list as pairs (key, token), the keys of the greatest (slice, class); 0 where a slice has none.
const int kListed = 0;
const int kFinite = 1;
const int kList = 2;
const int kGreatest = kList + 2 * kCrowd;

layout(push_constant) uniform Push {
    Words found;
    Words logits;
    Words notes;
    int cols;
    int foundStride;
    int logitStride;
    int noteStride;
    int slices;
    int sliceLogits; // whole rounds of the classes
}
p;

int self() { return subgroup() * kLanes + lane(); }
int notes(int row) { return row * p.noteStride; }

/// The number in whose order logits are; of both zeros the same.
uint keyOf(uint bits)
{
    if ((bits & 0x7f800000u) == 0x7f800000u)
        return kNotFinite;
    if (bits == 0x80000000u)
        return 0x80000000u;
    return bits >> 31 != 0u ? ~bits : bits | 0x80000000u;
}
