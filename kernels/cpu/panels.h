#pragma once

#include <stddef.h>
#include <stdint.h>

// How weights and rounded activations lie in memory for matmul. Only constants and plain structs:
// the files compiled for one instruction set include this, and must not share inline code with
// others.

namespace inglenook::cpu {

/// Outputs computed side by side; a matrix is cut into panels of so many rows (the last one padded
/// with zeros). Byte c of lane r of a vector of quants belongs to output r and to k = 4 group + c.
inline constexpr int kPanelRows = 16;

/// Elements that share one scale of the rounded activations.
inline constexpr int kBlock = 32;

/// Bytes of the quants of one block of a panel at n bits.
inline constexpr int quantBytes(int bits)
{
    return kBlock * kPanelRows * bits / 8;
}

// A panel is a sequence of records, each a multiple of 64 bytes, read once from front to back:
//   Q8_0    f16 d[2][16] | 2 x (8 groups of quants + 128)
//   Q4_0    f16 d[2][16] | 2 x nibbles (4 vectors: group v in the low, v + 4 in the high ones)
//   Q5_1    f16 d[2][16], m[2][16] | 2 x (nibbles, then 1 vector: bit g of a byte is bit 4 of
//           group g)
//   MXFP4   u8 exponent[4][16] | 4 x nibbles
//   Q2_K    f16 d[16], dmin[16] | u8 scale | min << 4 [8][16][2] | 8 x (2 vectors: group 4 v + f in
//           bits 2 f and 2 f + 1 of vector v)
//   Q3_K    f32 d / 8 [16] | s8 scale[16][16] | 8 x (3 vectors: group 2 v in bits 3 .. 5 of vector
//           v, 2 v + 1 in bits 0 .. 2; the low bits of groups 6 and 7 at the top of vectors 0 and
//           1, bit 2 of both at the top of vector 2)
//   Q4_K    f16 d[16], dmin[16] | u8 scale[8][16] | u8 min[8][16] | 8 x nibbles
//   Q5_K    as Q4_K, but 8 x quants as in Q5_1
//   Q6_K    f32 d[16] | s8 scale[16][16] | 8 x (2 halves of 3 vectors: group 4 h + f in the low six
//           bits of vector f, group 4 h + 3 in the two high bits of all three, its lowest first)
//   IQ4_XS  f32 d[16] | s8 scale[8][16] | 8 x nibbles
//   F32, F16, BF16  one k: 16 elements

inline constexpr int kPairBlocks = 2; // blocks in a record of Q8_0, Q4_0 and Q5_1
inline constexpr int kQuadBlocks = 4; // blocks in a record of MXFP4
inline constexpr int kSuperBlocks = 8; // blocks in a record of the K formats and IQ4_XS

inline constexpr int kQ80Record = 64 + kPairBlocks * quantBytes(8);
inline constexpr int kQ40Record = 64 + kPairBlocks * quantBytes(4);
inline constexpr int kQ51Quants = 128;
inline constexpr int kQ51Record = kQ51Quants + kPairBlocks * quantBytes(5);
inline constexpr int kMXFP4Record = 64 + kQuadBlocks * quantBytes(4);
inline constexpr int kQ2KQuants = 64 + 2 * kSuperBlocks * kPanelRows;
inline constexpr int kQ2KRecord = kQ2KQuants + kSuperBlocks * quantBytes(2);
inline constexpr int kQ3KQuants = 64 + 2 * kSuperBlocks * kPanelRows;
inline constexpr int kQ3KRecord = kQ3KQuants + kSuperBlocks * quantBytes(3);
inline constexpr int kQ4KQuants = 64 + 2 * kSuperBlocks * kPanelRows;
inline constexpr int kQ4KRecord = kQ4KQuants + kSuperBlocks * quantBytes(4);
inline constexpr int kQ5KRecord = kQ4KQuants + kSuperBlocks * quantBytes(5);
inline constexpr int kQ6KQuants = 64 + 2 * kSuperBlocks * kPanelRows;
inline constexpr int kQ6KRecord = kQ6KQuants + kSuperBlocks * quantBytes(6);
inline constexpr int kIQ4XSQuants = 64 + kSuperBlocks * kPanelRows;
inline constexpr int kIQ4XSRecord = kIQ4XSQuants + kSuperBlocks * quantBytes(4);

/// The values of four bits, with 128 or 12 added so that none is negative.
inline constexpr uint8_t kUnsignedIQ4[16] = {1,   24,  45,  63,  79,  93,  106, 118,
                                             129, 141, 153, 166, 181, 197, 217, 241};
inline constexpr uint8_t kUnsignedFP4[16] = {12, 13, 14, 15, 16, 18, 20, 24,
                                             12, 11, 10, 9,  8,  6,  4,  0};

/// 32 activations, rounded: x = d * q. The offsets take the zero point of a format out of the sum
/// of unsigned quants times q; they are the starting values of that sum.
struct alignas(64) RoundedBlock {
    int8_t q[kBlock]; // -127 .. 127
    float d;
    float sum; // d * sum of q
    int32_t offset128; // -128 * sum of q
    int32_t offset8; // -8 * sum of q
    int32_t offset12; // -12 * sum of q
    int32_t offset32[2]; // -32 * sum of each half of q
    int16_t halves[2]; // sum of each half of q
};
static_assert(sizeof(RoundedBlock) == 64);

} // namespace inglenook::cpu
