#pragma once

// Sixteen lanes as two 256-bit registers. lanes_avx512.h gives the same names and the same bits.

#include <immintrin.h>
#include <stdint.h>

#include "kernels/cpu/panels.h"

namespace inglenook::cpu {
namespace {

struct Floats { // 16 floats
    __m256 a, b;
};
struct Ints { // 16 32-bit integers
    __m256i a, b;
};
struct Bytes { // 16 lanes of 4 bytes
    __m256i a, b;
};

constexpr int kTileRows = 4;
constexpr int kTileQueries = 4;

inline Floats splat(float x)
{
    return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
inline Floats load(const float* p)
{
    return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
inline void store(float* p, Floats x)
{
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
}
inline Floats fma(Floats a, Floats b, Floats c)
{
    return {_mm256_fmadd_ps(a.a, b.a, c.a), _mm256_fmadd_ps(a.b, b.b, c.b)};
}
inline Floats negatedFma(Floats a, Floats b, Floats c)
{
    return {_mm256_fnmadd_ps(a.a, b.a, c.a), _mm256_fnmadd_ps(a.b, b.b, c.b)};
}
inline Floats add(Floats a, Floats b)
{
    return {_mm256_add_ps(a.a, b.a), _mm256_add_ps(a.b, b.b)};
}
inline Floats sub(Floats a, Floats b)
{
    return {_mm256_sub_ps(a.a, b.a), _mm256_sub_ps(a.b, b.b)};
}
inline Floats mul(Floats a, Floats b)
{
    return {_mm256_mul_ps(a.a, b.a), _mm256_mul_ps(a.b, b.b)};
}
inline Floats div(Floats a, Floats b)
{
    return {_mm256_div_ps(a.a, b.a), _mm256_div_ps(a.b, b.b)};
}
inline Floats larger(Floats a, Floats b)
{
    return {_mm256_max_ps(a.a, b.a), _mm256_max_ps(a.b, b.b)};
}
inline Floats smaller(Floats a, Floats b)
{
    return {_mm256_min_ps(a.a, b.a), _mm256_min_ps(a.b, b.b)};
}
inline Floats magnitude(Floats x)
{
    const __m256 sign = _mm256_set1_ps(-0.f);
    return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
inline Floats roundNearest(Floats x)
{
    constexpr int mode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {_mm256_round_ps(x.a, mode), _mm256_round_ps(x.b, mode)};
}

inline Floats withSignOf(Floats x, Floats sign)
{
    const __m256 top = _mm256_set1_ps(-0.f);
    return {_mm256_or_ps(_mm256_andnot_ps(top, x.a), _mm256_and_ps(top, sign.a)),
            _mm256_or_ps(_mm256_andnot_ps(top, x.b), _mm256_and_ps(top, sign.b))};
}

inline __m256 powerOfTwo(__m256 n)
{
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}
/// 2^n for integral n in -126 .. 127.
inline Floats powerOfTwo(Floats n)
{
    return {powerOfTwo(n.a), powerOfTwo(n.b)};
}

inline Floats toFloats(Ints x)
{
    return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)};
}
inline Ints toInts(Floats x)
{
    return {_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)};
}
inline Ints splatInt(int32_t x)
{
    return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)};
}
inline int32_t sumInts(Ints x)
{
    const __m256i eight = _mm256_add_epi32(x.a, x.b);
    const __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    const __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 1)));
}
inline void storeAsBytes(int8_t* p, Ints x)
{
    const __m256i shorts = _mm256_permute4x64_epi64(_mm256_packs_epi32(x.a, x.b), 0xd8);
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(p),
        _mm_packs_epi16(_mm256_castsi256_si128(shorts), _mm256_extracti128_si256(shorts, 1)));
}

inline __m128i loadHalf(const void* p)
{
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
inline Floats loadHalves(const uint16_t* p)
{
    return {_mm256_cvtph_ps(loadHalf(p)), _mm256_cvtph_ps(loadHalf(p + 8))};
}
inline void storeHalves(uint16_t* p, Floats x)
{
    constexpr int mode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvtps_ph(x.a, mode));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 8), _mm256_cvtps_ph(x.b, mode));
}
inline __m256 fromBfloats(__m128i x)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(x), 16));
}
inline Floats loadBfloats(const uint16_t* p)
{
    return {fromBfloats(loadHalf(p)), fromBfloats(loadHalf(p + 8))};
}
inline Floats loadUnsignedBytes(const uint8_t* p)
{
    const __m128i x = loadHalf(p);
    return toFloats(Ints{_mm256_cvtepu8_epi32(x), _mm256_cvtepu8_epi32(_mm_srli_si128(x, 8))});
}
inline Floats loadSignedBytes(const uint8_t* p)
{
    const __m128i x = loadHalf(p);
    return toFloats(Ints{_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8))});
}
/// 2^(p[i] - 127), but 0 where p[i] is 0.
inline Floats loadExponents(const uint8_t* p)
{
    const __m128i x = loadHalf(p);
    return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu8_epi32(x), 23)),
            _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu8_epi32(_mm_srli_si128(x, 8)), 23))};
}
/// Two bytes to each lane, as unsigned words.
inline Ints loadBytePairs(const uint8_t* p)
{
    return {_mm256_cvtepu8_epi16(loadHalf(p)), _mm256_cvtepu8_epi16(loadHalf(p + 16))};
}
/// Sixteen numbers of 4 bits, each with 8 added; the first in the low half of the first byte.
inline Floats loadNibbles(const uint8_t* p)
{
    const __m128i both = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    const __m128i mask = _mm_set1_epi8(15);
    const __m128i bytes =
        _mm_unpacklo_epi8(_mm_and_si128(both, mask), _mm_and_si128(_mm_srli_epi16(both, 4), mask));
    const __m128i x = _mm_sub_epi8(bytes, _mm_set1_epi8(8));
    return toFloats(Ints{_mm256_cvtepi8_epi32(x), _mm256_cvtepi8_epi32(_mm_srli_si128(x, 8))});
}

/// Lane i + 8 to lane i, then i + 4, i + 2, i + 1.
inline float sumLanes(Floats x)
{
    const __m256 eight = _mm256_add_ps(x.a, x.b);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline float largestLane(Floats x)
{
    const __m256 eight = _mm256_max_ps(x.a, x.b);
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// x in the lanes [begin, end), `other` elsewhere.
inline Floats keepRange(Floats x, int begin, int end, Floats other)
{
    const __m256i low = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i high = _mm256_add_epi32(low, _mm256_set1_epi32(8));
    const __m256i before = _mm256_set1_epi32(begin - 1);
    const __m256i stop = _mm256_set1_epi32(end);
    const auto inside = [&](__m256i lane) {
        return _mm256_castsi256_ps(
            _mm256_and_si256(_mm256_cmpgt_epi32(lane, before), _mm256_cmpgt_epi32(stop, lane)));
    };
    return {_mm256_blendv_ps(other.a, x.a, inside(low)),
            _mm256_blendv_ps(other.b, x.b, inside(high))};
}

inline Bytes loadBytes(const uint8_t* p)
{
    const auto* vectors = reinterpret_cast<const __m256i*>(p);
    return {_mm256_load_si256(vectors), _mm256_load_si256(vectors + 1)};
}
/// The bits of each lane, moved down, that `mask` keeps.
template <int down> inline Ints lowerBits(Ints x, int32_t mask)
{
    const __m256i kept = _mm256_set1_epi32(mask);
    return {_mm256_and_si256(_mm256_srli_epi32(x.a, down), kept),
            _mm256_and_si256(_mm256_srli_epi32(x.b, down), kept)};
}
/// Lanes of two signed words each: the sum of both products.
inline Ints wordDots(Ints a, Ints b)
{
    return {_mm256_madd_epi16(a.a, b.a), _mm256_madd_epi16(a.b, b.b)};
}
inline Ints addWordDots(Ints sum, Ints a, Ints b)
{
    const Ints more = wordDots(a, b);
    return {_mm256_add_epi32(sum.a, more.a), _mm256_add_epi32(sum.b, more.b)};
}
inline Ints splatWords(const int16_t (&words)[2])
{
    int32_t both;
    __builtin_memcpy(&both, words, sizeof both);
    return splatInt(both);
}
inline Bytes lowNibbles(Bytes x)
{
    const __m256i mask = _mm256_set1_epi8(15);
    return {_mm256_and_si256(x.a, mask), _mm256_and_si256(x.b, mask)};
}
inline Bytes highNibbles(Bytes x)
{
    return lowNibbles({_mm256_srli_epi16(x.a, 4), _mm256_srli_epi16(x.b, 4)});
}

inline Bytes lowSixBits(Bytes x)
{
    const __m256i mask = _mm256_set1_epi8(63);
    return {_mm256_and_si256(x.a, mask), _mm256_and_si256(x.b, mask)};
}
inline __m256i highBitPairs(__m256i a, __m256i b, __m256i c)
{
    const auto kept = [](__m256i x, char mask) {
        return _mm256_and_si256(x, _mm256_set1_epi8(mask));
    };
    const __m256i ab =
        _mm256_or_si256(kept(_mm256_srli_epi16(a, 6), 0x03), kept(_mm256_srli_epi16(b, 4), 0x0c));
    return _mm256_or_si256(ab, kept(_mm256_srli_epi16(c, 2), 0x30));
}
/// The two high bits of each byte, a's as the lowest.
inline Bytes highBitPairs(Bytes a, Bytes b, Bytes c)
{
    return {highBitPairs(a.a, b.a, c.a), highBitPairs(a.b, b.b, c.b)};
}

template <int up> inline __m256i keptBits(__m256i x, __m256i mask)
{
    if constexpr (up > 0)
        x = _mm256_slli_epi16(x, up);
    if constexpr (up < 0)
        x = _mm256_srli_epi16(x, -up);
    return _mm256_and_si256(x, mask);
}
/// The bits of x, moved up by `up` (down if negative), that `mask` keeps.
template <int up> inline Bytes keptBits(Bytes x, char mask)
{
    const __m256i kept = _mm256_set1_epi8(mask);
    return {keptBits<up>(x.a, kept), keptBits<up>(x.b, kept)};
}

/// Of each byte, which is below 16, the byte of the table at that place.
inline Bytes lookUp(const uint8_t (&table)[16], Bytes x)
{
    const __m256i values = _mm256_broadcastsi128_si256(loadHalf(table));
    return {_mm256_shuffle_epi8(values, x.a), _mm256_shuffle_epi8(values, x.b)};
}

/// low | the bits of `high`, moved up by `up` (down if negative), that `mask` keeps.
template <int up> inline Bytes withHighBits(Bytes low, Bytes high, char mask)
{
    const Bytes kept = keptBits<up>(high, mask);
    return {_mm256_or_si256(low.a, kept.a), _mm256_or_si256(low.b, kept.b)};
}

inline __m256i fourBytes(const int8_t* q)
{
    int32_t word;
    __builtin_memcpy(&word, q, sizeof word);
    return _mm256_set1_epi32(word);
}

#ifdef __AVXVNNI__

/// sums[r] += sum over the groups of w (unsigned, at most `largest`) times row r's q.
template <int largest, int groups, int rows>
inline void addDots(Ints (&sums)[rows], const Bytes* w, const int8_t* const (&q)[rows])
{
    for (int g = 0; g < groups; ++g)
        for (int r = 0; r < rows; ++r) {
            const __m256i x = fourBytes(q[r] + 4 * g);
            sums[r].a = _mm256_dpbusd_avx_epi32(sums[r].a, w[g].a, x);
            sums[r].b = _mm256_dpbusd_avx_epi32(sums[r].b, w[g].b, x);
        }
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

#else

/// sums[r] += sum over the groups of w (unsigned, at most `largest`) times row r's q. Pairs of
/// products, at most 2 * largest * 127, are summed in 16 bits as long as they surely fit.
template <int largest, int groups, int rows>
inline void addDots(Ints (&sums)[rows], const Bytes* w, const int8_t* const (&q)[rows])
{
    constexpr int fit = INT16_MAX / (2 * largest * 127);
    static_assert(fit >= 1);
    const __m256i one = _mm256_set1_epi16(1);
    for (int r = 0; r < rows; ++r)
        for (int first = 0; first < groups; first += fit) {
            __m256i a = _mm256_maddubs_epi16(w[first].a, fourBytes(q[r] + 4 * first));
            __m256i b = _mm256_maddubs_epi16(w[first].b, fourBytes(q[r] + 4 * first));
            for (int g = first + 1; g < groups && g < first + fit; ++g) {
                const __m256i x = fourBytes(q[r] + 4 * g);
                a = _mm256_add_epi16(a, _mm256_maddubs_epi16(w[g].a, x));
                b = _mm256_add_epi16(b, _mm256_maddubs_epi16(w[g].b, x));
            }
            sums[r].a = _mm256_add_epi32(sums[r].a, _mm256_madd_epi16(a, one));
            sums[r].b = _mm256_add_epi32(sums[r].b, _mm256_madd_epi16(b, one));
        }
}

/// Products of two signed bytes by moving the sign of w to x: |w| <= 128 and |x| <= 127 cannot
/// saturate.
inline __m256i signedProducts(__m256i w, __m256i x)
{
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

/// sums[r] = sum of (w - 128) times row r's q.
template <int rows>
inline void dotsOffset128(Ints (&sums)[rows], const Bytes* w, const RoundedBlock*,
                          const int8_t* const (&q)[rows])
{
    const __m256i flip = _mm256_set1_epi8(INT8_MIN);
    for (int r = 0; r < rows; ++r) {
        Ints sum = splatInt(0);
        for (int g = 0; g < 8; ++g) {
            const __m256i four = fourBytes(q[r] + 4 * g);
            sum.a = _mm256_add_epi32(sum.a, signedProducts(_mm256_xor_si256(w[g].a, flip), four));
            sum.b = _mm256_add_epi32(sum.b, signedProducts(_mm256_xor_si256(w[g].b, flip), four));
        }
        sums[r] = sum;
    }
}

#endif

} // namespace
} // namespace inglenook::cpu
