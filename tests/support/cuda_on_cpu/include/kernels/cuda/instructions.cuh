#pragma once

#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <atomic>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace inglenook::cuda {

// Stands in for the file of the same name. The layouts are written down here once more, from the
// same pages: lane 4 g + t, word w of A and B, numbers of 1 or 2 bytes in a word.

inline bool hasAmpereInstructions()
{
    return architecture() == Architecture::Ampere;
}

inline void waitForEarlierKernels()
{
    BlockRunner::instance().countWait();
}

inline void waitForEarlierKernelsAlone()
{
    waitForEarlierKernels();
}

inline void prefetch(const std::byte* from, unsigned bytes)
{
    if (reinterpret_cast<uintptr_t>(from) % 16 != 0 || bytes % 16 != 0 || bytes == 0)
        std::abort();
    for (const unsigned i : {0u, bytes - 1}) // the sanitizer looks
        static_cast<void>(static_cast<const volatile std::byte*>(from)[i]);
}

inline uint4 loadOnce(const uint4* from)
{
    return *from;
}

inline float loadUncached(const float* from)
{
    return *from;
}

inline void storeRelease(unsigned* to, unsigned value)
{
    std::atomic_ref(*to).store(value, std::memory_order_release);
}

inline unsigned loadAcquire(const unsigned* from)
{
    return std::atomic_ref(*const_cast<unsigned*>(from)).load(std::memory_order_acquire);
}

/// The number at place i of a word.
template <class Number> Number numberAt(uint32_t word, size_t i);
template <> inline int numberAt<int>(uint32_t word, size_t i)
{
    return static_cast<int8_t>(word >> (8 * i));
}
template <> inline float numberAt<float>(uint32_t word, size_t i)
{
    return halfToFloat(static_cast<uint16_t>(word >> (16 * i)));
}

/// C (kRows, 8) += A (kRows, kDepth) B (kDepth, 8). Of each lane's packet the words are A's, B's,
/// then C's.
template <class Number, size_t kRows, size_t kDepth> void multiplyFragments(WarpPackets& packets)
{
    constexpr size_t kPerWord = std::is_same_v<Number, int> ? 4 : 2;
    constexpr size_t kWordDepth = 4 * kPerWord; // that the words of one row's lanes cover
    constexpr size_t kHalves = kDepth / kWordDepth;
    constexpr size_t kRowSets = kRows / 8;
    constexpr size_t kWordsA = kRowSets * kHalves;
    Number a[kRows][kDepth];
    Number b[kDepth][8];
    for (size_t lane = 0; lane < kWarpLanes; ++lane) {
        for (size_t half = 0; half < kHalves; ++half) {
            for (size_t i = 0; i < kPerWord; ++i) {
                const size_t k = half * kWordDepth + lane % 4 * kPerWord + i;
                for (size_t set = 0; set < kRowSets; ++set)
                    a[lane / 4 + 8 * set][k] =
                        numberAt<Number>(packets[lane][half * kRowSets + set], i);
                b[k][lane / 4] = numberAt<Number>(packets[lane][kWordsA + half], i);
            }
        }
    }
    for (size_t lane = 0; lane < kWarpLanes; ++lane) {
        for (size_t i = 0; i < 2 * kRowSets; ++i) {
            const size_t row = lane / 4 + i / 2 * 8;
            const size_t col = lane % 4 * 2 + i % 2;
            auto sum = std::bit_cast<Number>(packets[lane][kWordsA + kHalves + i]);
            for (size_t k = 0; k < kDepth; ++k)
                sum += a[row][k] * b[k][col];
            packets[lane][i] = std::bit_cast<uint32_t>(sum);
        }
    }
}

template <class Number, size_t kRows, size_t kDepth, size_t kWordsC>
void multiplyInWarp(const char* name, std::initializer_list<unsigned> a,
                    std::initializer_list<unsigned> b, Number (&c)[kWordsC])
{
    uint32_t given[kPacketWords] = {};
    uint32_t* next = std::ranges::copy(a, given).out;
    next = std::ranges::copy(b, next).out;
    for (const Number value : c)
        *next++ = std::bit_cast<uint32_t>(value);
    uint32_t got[kWordsC];
    BlockRunner::instance().exchange(name, {given, next}, got,
                                     multiplyFragments<Number, kRows, kDepth>);
    for (size_t i = 0; i < kWordsC; ++i)
        c[i] = std::bit_cast<Number>(got[i]);
}

inline void mmaS8K32(int (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
    multiplyInWarp<int, 16, 32>("mmaS8K32", {a[0], a[1], a[2], a[3]}, {b[0], b[1]}, c);
}

inline void mmaS8K16(int (&c)[4], const unsigned (&a)[2], unsigned b)
{
    multiplyInWarp<int, 16, 16>("mmaS8K16", {a[0], a[1]}, {b}, c);
}

inline void mmaS8Rows8(int& c0, int& c1, unsigned a, unsigned b)
{
    int c[2] = {c0, c1};
    multiplyInWarp<int, 8, 16>("mmaS8Rows8", {a}, {b}, c);
    c0 = c[0];
    c1 = c[1];
}

inline void mmaF16K16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
    multiplyInWarp<float, 16, 16>("mmaF16K16", {a[0], a[1], a[2], a[3]}, {b[0], b[1]}, c);
}

inline void mmaF16K8(float (&c)[4], unsigned a0, unsigned a1, unsigned b)
{
    multiplyInWarp<float, 16, 8>("mmaF16K8", {a0, a1}, {b}, c);
}

} // namespace inglenook::cuda
