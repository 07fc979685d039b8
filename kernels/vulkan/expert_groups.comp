#version 460
#extension GL_GOOGLE_include_directive : require
#include "memory.glsl"

// Puts the picks of each expert together, in tiles of kTileRows: a tile is its expert's number and the places
// of its picks in ids, row by row. Where a tile has fewer there are places beyond all; tiles behind the last
// have the expert -1. One workgroup counts, gives each expert its tiles and hands out the places. In which
// order picks of an expert come is left to chance: no result depends on it.

layout(constant_id = 3) const int kExperts = 128;
layout(constant_id = 4) const int kTileRows = 8;
const int kInvocations = kLanes * kSubgroups;
const int kTileWords = 1 + kTileRows;
const int kBeyond = 0x7fffffff;

layout(buffer_reference, std430, buffer_reference_align = 4) writeonly buffer Tiles { int v[]; };

layout(push_constant) uniform Push {
    Tiles tiles;
    Ints ids;
    int picks; // all of them
    int picksPerRow;
    int idStride;
    int mostTiles;
}
p;

shared int counts[kExperts]; // of picks
shared int nexts[kExperts]; // the place in the tiles of the expert's next pick
shared int usedTiles;

int expertOf(int pick)
{
    return p.ids.v[pick / p.picksPerRow * p.idStride + pick % p.picksPerRow];
}

int tilesOf(int expert) { return (counts[expert] + kTileRows - 1) / kTileRows; }

int wordOf(int place) { return place / kTileRows * kTileWords + 1 + place % kTileRows; }

/// By one subgroup: each expert's tiles begin where those of the experts before it end.
void giveTiles()
{
    int before = 0;
    for (int first = 0; first < kExperts; first += kLanes) {
        const int expert = first + lane();
        const int own = expert < kExperts ? tilesOf(expert) : 0;
        int upToHere = own;
        for (int distance = 1; distance < kLanes; distance *= 2) {
            const int others = subgroupShuffle(upToHere, uint(max(lane() - distance, 0)));
            upToHere += lane() >= distance ? others : 0;
        }
        if (expert < kExperts)
            nexts[expert] = (before + upToHere - own) * kTileRows;
        before += subgroupShuffle(upToHere, uint(kLanes - 1));
    }
    if (lane() == 0)
        usedTiles = before;
}

void main()
{
    const int self = subgroup() * kLanes + lane();
    for (int e = self; e < kExperts; e += kInvocations)
        counts[e] = 0;
    barrier();
    for (int pick = self; pick < p.picks; pick += kInvocations)
        atomicAdd(counts[expertOf(pick)], 1);
    barrier();
    if (subgroup() == 0)
        giveTiles();
    barrier();

    for (int e = self; e < kExperts; e += kInvocations) {
        const int tile = nexts[e] / kTileRows;
        const int tiles = tilesOf(e);
        for (int t = 0; t < tiles; ++t)
            p.tiles.v[(tile + t) * kTileWords] = e;
        for (int i = counts[e]; i < tiles * kTileRows; ++i)
            p.tiles.v[wordOf(nexts[e] + i)] = kBeyond;
    }
    for (int tile = usedTiles + self; tile < p.mostTiles; tile += kInvocations)
        p.tiles.v[tile * kTileWords] = -1;
    barrier();
    for (int pick = self; pick < p.picks; pick += kInvocations)
        p.tiles.v[wordOf(atomicAdd(nexts[expertOf(pick)], 1))] = pick;
}
