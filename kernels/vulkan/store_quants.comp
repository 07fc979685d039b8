#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "half.glsl"
#include "pages.glsl"

// Keys and values, rotated and turned, are rounded as encodeHead() of kv_type.h does. A workgroup owns one
// head of one row: first the keys, then the values. An invocation makes whole words; it looks for the scale of
// its block itself, which costs less than asking others.

layout(constant_id = 3) const int kType = 1;

layout(push_constant) uniform Push {
    Floats kv; // the first key of row 0
    Words pages;
    Ints pageTable;
    Ints positions;
    Ints slots;
    int stride;
    int kvHeads;
    int headSize;
    int tableStride;
    int positionsStride;
    int slotsStride;
}
p;

/// The f16 scale of the block whose elements start at `at`.
uint scaleBits(int at, int count)
{
    float least = p.kv.v[at];
    float most = least;
    for (int i = 1; i < count; ++i) {
        least = min(least, p.kv.v[at + i]);
        most = max(most, p.kv.v[at + i]);
    }
    if (kType == kQ8_0)
        return halfBits(max(-least, most) * (1.0 / 127.0));
    return halfBits((-least >= most ? least : most) * -0.125);
}

/// The integer nearest to x / d, half upwards. The remainder is exact, so the quotient need not be.
int nearest(float x, float d, float inverse_)
{
    const float q = roundEven(clamp(x * inverse_, -128.0, 127.0));
    precise float remainder = x - q * d;
    return int(q) + (remainder >= d / 2.0 ? 1 : 0) - (remainder < -d / 2.0 ? 1 : 0);
}

void main()
{
    const int plane = int(gl_WorkGroupID.x);
    const int r = int(gl_WorkGroupID.y);
    const int position = p.positions.v[r * p.positionsStride];
    if (position < 0)
        return;
    const int head = r * p.stride + plane * p.headSize;
    const int slot = p.slots.v[r * p.slotsStride];
    const int page = p.pageTable.v[slot * p.tableStride + position / kPageTokens];
    const int token = position % kPageTokens;
    const int start = planeStart(kType, page, plane, p.kvHeads, p.headSize);
    const int words = quantWords(kType, p.headSize);
    const int scales = start + kPageTokens * words;
    const int inWord = kType == kQ8_0 ? 4 : 8;

    for (int word = subgroup() * kLanes + lane(); word < words; word += kLanes * kSubgroups) {
        const int element = word * inWord;
        const int block = element / kKvBlock;
        const int first = block * kKvBlock;
        const uint bits = scaleBits(head + first, min(kKvBlock, p.headSize - first));
        const float signed_ = halfAt(bits, 0);
        const float d = abs(signed_);
        uint quants = 0u;
        for (int i = 0; i < inWord; ++i) {
            const float x = p.kv.v[head + element + i];
            const int q = d == 0.0 ? 0 : nearest(signed_ < 0.0 ? -x : x, d, 1.0 / d);
            if (kType == kQ8_0)
                quants |= (uint(clamp(q, -127, 127)) & 255u) << (8 * i);
            else
                quants |= uint(clamp(q, -8, 7) + 8) << (4 * i);
        }
        p.pages.v[start + token * words + word] = quants;
        if (element == first) { // another row may write the other half of the word
            const int place = token * scalesOf(p.headSize) + block;
            const int shift = place % 2 * 16;
            atomicAnd(p.pages.v[scales + place / 2], ~(0xffffu << shift));
            atomicOr(p.pages.v[scales + place / 2], bits << shift);
        }
    }
}
