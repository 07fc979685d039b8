#pragma once

// Sixteen lanes as one 512-bit register. lanes_avx2.h gives the same names and the same bits.

#include <immintrin.h>
#include <stdint.h>

#include "kernels/cpu/panels.h"

namespace inglenook::cpu {
namespace {

using Floats = __m512; // 16 floats
using Ints = __m512i; // 16 32-bit integers
using Bytes = __m512i; // 16 lanes of 4 bytes

constexpr int kTileRows =
    16; // rows of a matmul tile: accumulators that fit beside 8 vectors of weights
constexpr int kTileQueries = 8;

inline Floats splat(float x)
{
    return _mm512_set1_ps(x);
}
inline Floats load(const float* p)
{
    return _mm512_loadu_ps(p);
}
inline void store(float* p, Floats x)
{
    _mm512_storeu_ps(p, x);
}
inline Floats fma(Floats a, Floats b, Floats c)
{
    return _mm512_fmadd_ps(a, b, c);
}
inline Floats negatedFma(Floats a, Floats b, Floats c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
inline Floats add(Floats a, Floats b)
{
    return _mm512_add_ps(a, b);
}
inline Floats sub(Floats a, Floats b)
{
    return _mm512_sub_ps(a, b);
}
inline Floats mul(Floats a, Floats b)
{
    return _mm512_mul_ps(a, b);
}
inline Floats div(Floats a, Floats b)
{
    return _mm512_div_ps(a, b);
}
inline Floats larger(Floats a, Floats b)
{
    return _mm512_max_ps(a, b);
}
inline Floats smaller(Floats a, Floats b)
{
    return _mm512_min_ps(a, b);
}
inline Floats magnitude(Floats x)
{
    return _mm512_abs_ps(x);
}
inline Floats roundNearest(Floats x)
{
    return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

inline Floats withSignOf(Floats x, Floats sign)
{
    const __m512i top = _mm512_set1_epi32(INT32_MIN);
    return _mm512_castsi512_ps(
        _mm512_ternarylogic_epi32(top, _mm512_castps_si512(sign), _mm512_castps_si512(x), 0xca));
}

/// 2^n for integral n in -126 .. 127.
inline Floats powerOfTwo(Floats n)
{
    const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23));
}

inline Floats toFloats(Ints x)
{
    return _mm512_cvtepi32_ps(x);
}
inline Ints toInts(Floats x)
{
    return _mm512_cvtps_epi32(x);
}
inline Ints splatInt(int32_t x)
{
    return _mm512_set1_epi32(x);
}
inline int32_t sumInts(Ints x)
{
    return _mm512_reduce_add_epi32(x);
}
inline void storeAsBytes(int8_t* p, Ints x)
{
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtsepi32_epi8(x));
}

inline Floats loadHalves(const uint16_t* p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline void storeHalves(uint16_t* p, Floats x)
{
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
inline Floats loadBfloats(const uint16_t* p)
{
    const __m512i wide =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
inline Floats loadUnsignedBytes(const uint8_t* p)
{
    return toFloats(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
inline Floats loadSignedBytes(const uint8_t* p)
{
    return toFloats(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
/// 2^(p[i] - 127), but 0 where p[i] is 0.
inline Floats loadExponents(const uint8_t* p)
{
    const __m512i wide = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 23));
}
/// Two bytes to each lane, as unsigned words.
inline Ints loadBytePairs(const uint8_t* p)
{
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
/// Sixteen numbers of 4 bits, each with 8 added; the first in the low half of the first byte.
inline Floats loadNibbles(const uint8_t* p)
{
    const __m128i both = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    const __m128i mask = _mm_set1_epi8(15);
    const __m128i bytes =
        _mm_unpacklo_epi8(_mm_and_si128(both, mask), _mm_and_si128(_mm_srli_epi16(both, 4), mask));
    const __m128i x = _mm_sub_epi8(bytes, _mm_set1_epi8(8));
    return toFloats(_mm512_cvtepi8_epi32(x));
}

/// Lane i + 8 to lane i, then i + 4, i + 2, i + 1.
inline float sumLanes(Floats x)
{
    const __m256 high = _mm256_castsi256_ps(_mm512_extracti64x4_epi64(_mm512_castps_si512(x), 1));
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(x), high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline float largestLane(Floats x)
{
    return _mm512_reduce_max_ps(x);
}

/// x in the lanes [begin, end), `other` elsewhere.
inline Floats keepRange(Floats x, int begin, int end, Floats other)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __mmask16 inside =
        static_cast<__mmask16>(_mm512_cmpge_epi32_mask(lane, _mm512_set1_epi32(begin)) &
                               _mm512_cmplt_epi32_mask(lane, _mm512_set1_epi32(end)));
    return _mm512_mask_blend_ps(inside, other, x);
}

inline Bytes loadBytes(const uint8_t* p)
{
    return _mm512_load_si512(p);
}
inline void storeBytes(uint8_t* p, Bytes x)
{
    _mm512_store_si512(p, x);
}
inline Ints loadInts(const int32_t* p)
{
    return _mm512_load_si512(p);
}
inline Ints addInts(Ints a, Ints b)
{
    return _mm512_add_epi32(a, b);
}
/// The bits of each lane, moved down, that `mask` keeps.
template <int down> inline Ints lowerBits(Ints x, int32_t mask)
{
    return _mm512_and_si512(_mm512_srli_epi32(x, down), _mm512_set1_epi32(mask));
}
/// Lanes of two signed words each: the sum of both products.
inline Ints wordDots(Ints a, Ints b)
{
    return _mm512_madd_epi16(a, b);
}
inline Ints addWordDots(Ints sum, Ints a, Ints b)
{
    return _mm512_dpwssd_epi32(sum, a, b);
}
inline Ints splatWords(const int16_t (&words)[2])
{
    int32_t both;
    __builtin_memcpy(&both, words, sizeof both);
    return _mm512_set1_epi32(both);
}
inline Bytes lowNibbles(Bytes x)
{
    return _mm512_and_si512(x, _mm512_set1_epi8(15));
}
inline Bytes highNibbles(Bytes x)
{
    return lowNibbles(_mm512_srli_epi16(x, 4));
}

inline Bytes lowSixBits(Bytes x)
{
    return _mm512_and_si512(x, _mm512_set1_epi8(63));
}
/// The two high bits of each byte, a's as the lowest.
inline Bytes highBitPairs(Bytes a, Bytes b, Bytes c)
{
    constexpr int choose = 0xca; // where the mask is set the second, else the third
    const Bytes ab = _mm512_ternarylogic_epi32(_mm512_set1_epi8(3), _mm512_srli_epi16(a, 6),
                                               _mm512_srli_epi16(b, 4), choose);
    return lowSixBits(
        _mm512_ternarylogic_epi32(_mm512_set1_epi8(15), ab, _mm512_srli_epi16(c, 2), choose));
}

/// The bits of x, moved up by `up` (down if negative), that `mask` keeps.
template <int up> inline Bytes keptBits(Bytes x, char mask)
{
    if constexpr (up > 0)
        x = _mm512_slli_epi16(x, up);
    if constexpr (up < 0)
        x = _mm512_srli_epi16(x, -up);
    return _mm512_and_si512(x, _mm512_set1_epi8(mask));
}

/// Of each byte, which is below 16, the byte of the table at that place.
inline Bytes lookUp(const uint8_t (&table)[16], Bytes x)
{
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), x);
}

/// low | the bits of `high`, moved up by `up` (down if negative), that `mask` keeps.
template <int up> inline Bytes withHighBits(Bytes low, Bytes high, char mask)
{
    if constexpr (up > 0)
        high = _mm512_slli_epi16(high, up);
    if constexpr (up < 0)
        high = _mm512_srli_epi16(high, -up);
    return _mm512_ternarylogic_epi32(low, high, _mm512_set1_epi8(mask), 0xf8);
}

inline __m512i fourBytes(const int8_t* q)
{
    int32_t word;
    __builtin_memcpy(&word, q, sizeof word);
    return _mm512_set1_epi32(word);
}

/// sums[r] += sum over the groups of w (unsigned, at most `largest`) times row r's q. The rows take
/// turns: one row's sum alone would wait for itself at every group.
template <int largest, int groups, int rows>
inline void addDots(Ints (&sums)[rows], const Bytes* w, const int8_t* const (&q)[rows])
{
#pragma GCC unroll 8
    for (int g = 0; g < groups; ++g)
#pragma GCC unroll 2
        for (int r = 0; r < rows; ++r)
            sums[r] = _mm512_dpbusd_epi32(sums[r], w[g], fourBytes(q[r] + 4 * g));
}

/// sums[r] = sum of (w - 128) times row r's q.
template <int rows>
inline void dotsOffset128(Ints (&sums)[rows], const Bytes* w, const RoundedBlock* x,
                          const int8_t* const (&q)[rows])
{
    for (int r = 0; r < rows; ++r)
        sums[r] = splatInt(x[r].offset128);
    addDots<255, 8>(sums, w, q);
}

} // namespace
} // namespace inglenook::cpu
