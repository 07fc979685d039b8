#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

#include "half.glsl"
#include "pages.glsl"
#include "reduce.glsl"

// A subgroup owns one head of one row: first the query heads, then the keys, then the values. A query's lane owns
// whole pairs and turns them in place; a key's lane owns two neighbours, which it packs into one word, and reads
// their partners again. Of a quantised cache keys are turned in place too: store_quants.comp stores.

layout(constant_id = 3) const bool kHalves = false; // which elements form a pair
layout(constant_id = 4) const bool kStores = true; // else keys are turned in place, and others store

layout(push_constant) uniform Push {
    Floats qkv;
    Words pages;
    Ints pageTable;
    Ints positions;
    Ints slots;
    Floats rotation;
    Floats normQ;
    Floats normK;
    int stride;
    int heads;
    int kvHeads;
    int headSize;
    int dims;
    int rotationStride;
    int tableStride;
    int positionsStride;
    int slotsStride;
    int normsQ; // 1 or 0
    int normsK;
    float eps;
}
p;

struct Head {
    int start; // of its elements in qkv
    bool norm;
    Floats weight;
    float factor;
    int rotation; // start of the row's angles
};

float element(Head head, int i)
{
    const float value = p.qkv.v[head.start + i];
    if (!head.norm)
        return value;
    return value * head.factor * head.weight.v[i];
}

float normFactor(Head head)
{
    precise float squares = 0.0;
    for (int i = lane(); i < p.headSize; i += kLanes) {
        const float value = p.qkv.v[head.start + i];
        squares = fma(value, value, squares);
    }
    return 1.0 / sqrt(subgroupTotal(squares) / float(p.headSize) + p.eps);
}

/// The two elements of pair i. Behind the turning ones, neighbours.
ivec2 pairElements(int i)
{
    return kHalves && i < p.dims / 2 ? ivec2(i, i + p.dims / 2) : ivec2(2 * i, 2 * i + 1);
}

vec2 turnedPair(Head head, int i)
{
    const ivec2 at = pairElements(i);
    const float a = element(head, at.x);
    const float b = element(head, at.y);
    if (i >= p.dims / 2)
        return vec2(a, b);
    const float cosine = p.rotation.v[head.rotation + 2 * i];
    const float sine = p.rotation.v[head.rotation + 2 * i + 1];
    precise vec2 turned = vec2(a * cosine - b * sine, a * sine + b * cosine);
    return turned;
}

float turnedElement(Head head, int i)
{
    const int half_ = p.dims / 2;
    if (!kHalves || i >= p.dims)
        return turnedPair(head, i / 2)[i & 1];
    return i < half_ ? turnedPair(head, i).x : turnedPair(head, i - half_).y;
}

void main()
{
    const int h = int(gl_WorkGroupID.x) * kSubgroups + subgroup();
    const int r = int(gl_WorkGroupID.y);
    const int position = p.positions.v[r * p.positionsStride];
    if (h >= p.heads + 2 * p.kvHeads || position < 0)
        return;

    const bool query = h < p.heads;
    const bool key = !query && h < p.heads + p.kvHeads;
    Head head;
    head.start = r * p.stride + h * p.headSize;
    head.norm = query ? p.normsQ != 0 : key && p.normsK != 0;
    head.weight = p.normQ;
    if (key)
        head.weight = p.normK;
    head.factor = 1.0;
    head.rotation = r * p.rotationStride;
    if (head.norm)
        head.factor = normFactor(head);

    if (query || (key && !kStores)) {
        for (int i = lane(); i < p.headSize / 2; i += kLanes) {
            const ivec2 at = pairElements(i);
            const vec2 turned = turnedPair(head, i);
            p.qkv.v[head.start + at.x] = turned.x;
            p.qkv.v[head.start + at.y] = turned.y;
        }
        return;
    }

    if (!kStores)
        return;
    const int slot = p.slots.v[r * p.slotsStride];
    const int page = p.pageTable.v[slot * p.tableStride + position / kPageTokens];
    const int word = planeStart(kF16, page, h - p.heads, p.kvHeads, p.headSize) +
        position % kPageTokens * quantWords(kF16, p.headSize);
    for (int i = lane(); i < p.headSize / 2; i += kLanes) {
        const float a = key ? turnedElement(head, 2 * i) : element(head, 2 * i);
        const float b = key ? turnedElement(head, 2 * i + 1) : element(head, 2 * i + 1);
        p.pages.v[word + i] = halfBits(a) | (halfBits(b) << 16);
    }
}
