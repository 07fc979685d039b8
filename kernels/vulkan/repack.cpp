#include "kernels/vulkan/repack.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace inglenook::vulkan {

namespace {

constexpr int kGroups = 8; // groups of 32 in a block of 256

using Planes = std::array<std::byte*, 4>; // where the next block goes

void put(std::byte*& to, const void* from, size_t bytes)
{
    std::memcpy(to, from, bytes);
    to += bytes;
}

/// Four bytes of a block at a time.
uint32_t wordAt(const uint8_t* bytes, size_t index)
{
    uint32_t word = 0;
    std::memcpy(&word, bytes + 4 * index, sizeof word);
    return word;
}

/// The bits of `mask` of each byte, once `word` is shifted to the right.
uint32_t eachByte(uint32_t word, size_t shift, uint32_t mask)
{
    return (word >> shift) & (mask * 0x01010101u);
}

/// Quants of 4 bits, from bit `shift` of each byte on: a word's low nibbles hold four, its high
/// nibbles the next four, so that a mask makes bytes of them.
template <size_t kBytes> void putNibbles(std::byte*& to, const uint8_t* bytes, size_t shift)
{
    uint32_t words[kBytes / 8];
    for (size_t i = 0; i < std::size(words); ++i)
        words[i] = eachByte(wordAt(bytes, 2 * i), shift, 15) |
            eachByte(wordAt(bytes, 2 * i + 1), shift, 15) << 4;
    put(to, words, sizeof words);
}

/// A bit of each of 32 elements, bit `shift` of a byte each: bit j of byte b of the word is that of
/// element 4 j + b.
void putBits(std::byte*& to, const uint8_t* bytes, size_t shift)
{
    uint32_t word = 0;
    for (size_t i = 0; i < 8; ++i)
        word |= eachByte(wordAt(bytes, i), shift, 1) << i;
    put(to, &word, sizeof word);
}

/// The same of two bits, from bit `shift` of each byte on, in two words of 16 elements.
void putPairs(std::byte*& to, const uint8_t* bytes, size_t shift)
{
    uint32_t words[2] = {};
    for (size_t i = 0; i < 8; ++i)
        words[i / 4] |= eachByte(wordAt(bytes, i), shift, 3) << (2 * (i % 4));
    put(to, words, sizeof words);
}

void repack(const BlockQ8_0& block, Planes& to)
{
    put(to[0], block.q, sizeof block.q);
    put(to[1], &block.d, sizeof block.d);
}

void repack(const BlockQ4_0& block, Planes& to)
{
    putNibbles<16>(to[0], block.q, 0);
    putNibbles<16>(to[0], block.q, 4);
    put(to[1], &block.d, sizeof block.d);
}

void repack(const BlockIQ4_NL& block, Planes& to)
{
    int8_t values[32];
    for (size_t i = 0; i < 16; ++i) {
        values[i] = kValuesIQ4[block.q[i] & 15];
        values[i + 16] = kValuesIQ4[block.q[i] >> 4];
    }
    put(to[0], values, sizeof values);
    put(to[1], &block.d, sizeof block.d);
}

/// 32 elements d * q + m, in the layout of Q5_1.
struct Line {
    uint16_t d;
    uint16_t m;
    const uint8_t (&low)[16];
    std::array<uint8_t, 4> high; // none of them in formats of four bits
};

void repackLine(const Line& line, Planes& to)
{
    uint32_t high = 0;
    for (size_t i = 0; i < 32; ++i)
        high |= (line.high[i / 8] >> (i % 8) & 1u) << (8 * (i % 4) + i / 4);
    const uint16_t factors[] = {line.d, line.m};
    putNibbles<16>(to[0], line.low, 0);
    putNibbles<16>(to[0], line.low, 4);
    put(to[1], factors, sizeof factors);
    put(to[2], &high, sizeof high);
}

void repack(const BlockQ4_1& block, Planes& to)
{
    repackLine({block.d, block.m, block.q, {}}, to);
}

/// d (q - 16) = d q + m with m = -16 d, exactly: four more in the exponent of a half. Where d is
/// beyond 4094, which no file has, m would be infinite: then it is the greatest finite half.
void repack(const BlockQ5_0& block, Planes& to)
{
    constexpr float kGreatestHalf = 65504.f;
    const float m = std::clamp(-16.f * halfToFloat(block.d), -kGreatestHalf, kGreatestHalf);
    repackLine({block.d, floatToHalf(m), block.low, std::to_array(block.high)}, to);
}

void repack(const BlockQ5_1& block, Planes& to)
{
    repackLine({block.d, block.m, block.low, std::to_array(block.high)}, to);
}

void repack(const BlockMXFP4& block, Planes& to)
{
    putNibbles<16>(to[0], block.q, 0);
    putNibbles<16>(to[0], block.q, 4);
    put(to[1], &block.exponent, sizeof block.exponent);
}

/// The header of a Q4_K or Q5_K block and the low bits of its quants.
template <class Block> void repackGroups(const Block& block, const uint8_t (&low)[128], Planes& to)
{
    uint32_t header[4] = {block.d | static_cast<uint32_t>(block.dmin) << 16, 0, 0, 0};
    for (int g = 0; g < kGroups; ++g) {
        const ScaleMin s = scaleMin(block.scales, g);
        header[1] |= (s.scale & 15u) << (4 * g);
        header[2] |= (s.min & 15u) << (4 * g);
        header[3] |= (s.scale >> 4u) << (2 * g) | (s.min >> 4u) << (16 + 2 * g);
    }
    put(to[1], header, sizeof header);
    for (size_t g = 0; g < kGroups; ++g)
        putNibbles<32>(to[0], low + 32 * (g / 2), 4 * (g % 2));
}

void repack(const BlockQ4_K& block, Planes& to)
{
    repackGroups(block, block.q, to);
}

void repack(const BlockQ5_K& block, Planes& to)
{
    repackGroups(block, block.low, to);
    for (size_t g = 0; g < kGroups; ++g)
        putBits(to[2], block.high, g);
}

void repack(const BlockQ6_K& block, Planes& to)
{
    for (size_t g = 0; g < kGroups; ++g) {
        const size_t half = g / 4;
        const size_t quarter = g % 4;
        putNibbles<32>(to[0], block.low + 64 * half + 32 * (quarter % 2), 4 * (quarter / 2));
        putPairs(to[2], block.high + 32 * half, 2 * quarter);
    }
    put(to[1], block.scales, sizeof block.scales);
    put(to[3], &block.d, sizeof block.d);
}

void repack(const BlockQ2_K& block, Planes& to)
{
    for (size_t g = 0; g < kGroups; ++g)
        putPairs(to[0], block.q + 32 * (g / 4), 2 * (g % 4));
    const uint16_t factors[] = {block.d, block.dmin};
    put(to[1], block.scales, sizeof block.scales);
    put(to[3], factors, sizeof factors);
}

void repack(const BlockQ3_K& block, Planes& to)
{
    for (size_t g = 0; g < kGroups; ++g) {
        putPairs(to[0], block.low + 32 * (g / 4), 2 * (g % 4));
        putBits(to[2], block.high, g);
    }
    int8_t scales[2 * kGroups];
    for (int g = 0; g < 2 * kGroups; ++g)
        scales[g] = static_cast<int8_t>(scaleQ3_K(block.scales, g));
    put(to[1], scales, sizeof scales);
    put(to[3], &block.d, sizeof block.d);
}

void repack(const BlockIQ4_XS& block, Planes& to)
{
    for (size_t g = 0; g < kGroups; ++g) {
        putNibbles<16>(to[0], block.q + 16 * g, 0);
        putNibbles<16>(to[0], block.q + 16 * g, 4);
    }
    put(to[1], &block, offsetof(BlockIQ4_XS, q)); // d and the scales
}

template <class Block> void repackBlocks(std::span<const std::byte> rows, Planes to)
{
    for (size_t at = 0; at < rows.size(); at += sizeof(Block)) {
        Block block; // a file's blocks may lie unaligned
        std::memcpy(&block, rows.data() + at, sizeof block);
        repack(block, to);
    }
}

void padRows(std::span<const std::byte> rows, size_t rowBytes, size_t paddedBytes, std::byte* to)
{
    if (rowBytes == paddedBytes) {
        std::memcpy(to, rows.data(), rows.size());
        return;
    }
    for (size_t at = 0; at < rows.size(); at += rowBytes, to += paddedBytes) {
        std::memcpy(to, rows.data() + at, rowBytes);
        std::memset(to + rowBytes, 0, paddedBytes - rowBytes);
    }
}

} // namespace

PlaneLayout planeLayout(DType type)
{
    switch (keptAs(type)) {
    case DType::F16:
    case DType::BF16:
        return {kUnitElements, {64}};
    case DType::Q8_0:
        return {kUnitElements, {32, 2}};
    case DType::Q4_0:
        return {kUnitElements, {16, 2}};
    case DType::Q5_1:
        return {kUnitElements, {16, 4, 4}};
    case DType::MXFP4:
        return {kUnitElements, {16, 1}};
    case DType::Q2_K:
        return {256, {64, 16, 0, 4}};
    case DType::Q3_K:
        return {256, {64, 16, 32, 2}};
    case DType::Q4_K:
        return {256, {128, 16}};
    case DType::Q5_K:
        return {256, {128, 16, 32}};
    case DType::Q6_K:
        return {256, {128, 16, 64, 2}};
    case DType::IQ4_XS:
        return {256, {128, 8}};
    case DType::F32:
    case DType::Q4_1:
    case DType::Q5_0:
    case DType::IQ4_NL: // kept as others
    case DType::I32:
        break;
    }
    return {kUnitElements, {128}};
}

void repackRows(DType type, std::span<const std::byte> rows, int in,
                const std::array<std::span<std::byte>, 4>& planes)
{
    const Planes to{planes[0].data(), planes[1].data(), planes[2].data(), planes[3].data()};
    switch (type) {
    case DType::Q8_0:
        return repackBlocks<BlockQ8_0>(rows, to);
    case DType::Q4_0:
        return repackBlocks<BlockQ4_0>(rows, to);
    case DType::Q4_1:
        return repackBlocks<BlockQ4_1>(rows, to);
    case DType::Q5_0:
        return repackBlocks<BlockQ5_0>(rows, to);
    case DType::Q5_1:
        return repackBlocks<BlockQ5_1>(rows, to);
    case DType::Q2_K:
        return repackBlocks<BlockQ2_K>(rows, to);
    case DType::Q3_K:
        return repackBlocks<BlockQ3_K>(rows, to);
    case DType::Q4_K:
        return repackBlocks<BlockQ4_K>(rows, to);
    case DType::Q5_K:
        return repackBlocks<BlockQ5_K>(rows, to);
    case DType::Q6_K:
        return repackBlocks<BlockQ6_K>(rows, to);
    case DType::IQ4_NL:
        return repackBlocks<BlockIQ4_NL>(rows, to);
    case DType::IQ4_XS:
        return repackBlocks<BlockIQ4_XS>(rows, to);
    case DType::MXFP4:
        return repackBlocks<BlockMXFP4>(rows, to);
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::I32: {
        const PlaneLayout layout = planeLayout(type);
        const auto blocks = static_cast<size_t>(layout.blocks(in));
        return padRows(rows, rowBytes(type, in), blocks * layout.bytes[0], planes[0].data());
    }
    }
}

} // namespace inglenook::vulkan
