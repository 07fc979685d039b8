#include "kernels/cpu/cpu_features.h"

#include "kernels/cpu/cores.h"

#include <cpuid.h>

#include <cstdint>
#include <cstring>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace inglenook::cpu {
namespace {

struct Registers {
    unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(unsigned leaf, unsigned subleaf = 0)
{
    Registers r;
    __get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d);
    return r;
}

bool bit(unsigned word, int index)
{
    return (word >> index & 1) != 0;
}

/// The register states that the operating system saves (XCR0).
uint64_t savedStates()
{
    uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t{high} << 32 | low;
}

/// Linux makes room for the tiles of a thread only in processes that asked for it.
bool tilesGranted()
{
#ifdef __linux__
    constexpr long requestPermission = 0x1023, tileData = 18; // ARCH_REQ_XCOMP_PERM, XTILEDATA
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
#else
    return true;
#endif
}

std::string brandString()
{
    if (cpuid(0x80000000).a < 0x80000004)
        return "x86-64 processor";
    char text[49] = {};
    for (unsigned i = 0; i < 3; ++i) {
        const Registers r = cpuid(0x80000002 + i);
        std::memcpy(text + 16 * i, &r, 16);
    }
    std::string brand = text;
    brand.erase(0, brand.find_first_not_of(' '));
    brand.erase(brand.find_last_not_of(' ') + 1);
    return brand;
}

} // namespace

CpuFeatures readCpuFeatures()
{
    CpuFeatures features;
    features.brand = brandString();
    features.cores = readCores().count;

    const Registers one = cpuid(1);
    if (!bit(one.c, 27)) // OSXSAVE
        return features;
    constexpr uint64_t avxStates = 0x6, avx512States = 0xe6, tileStates = 0x60000;
    const uint64_t saved = savedStates();
    const Registers seven = cpuid(7);
    const bool fma = bit(one.c, 12), f16c = bit(one.c, 29);
    features.avx2 = (saved & avxStates) == avxStates && fma && f16c && bit(seven.b, 5);
    if (!features.avx2)
        return features;
    features.avxVnni = seven.a >= 1 && bit(cpuid(7, 1).a, 4);
    const bool foundation = bit(seven.b, 16), dq = bit(seven.b, 17), bw = bit(seven.b, 30),
               vl = bit(seven.b, 31), vnni = bit(seven.c, 11);
    features.avx512 =
        (saved & avx512States) == avx512States && foundation && dq && bw && vl && vnni;
    const bool tiles = bit(seven.d, 24), tilesOfBytes = bit(seven.d, 25);
    features.amx = features.avx512 && (saved & tileStates) == tileStates && tiles && tilesOfBytes &&
        tilesGranted();
    return features;
}

const Instructions* bestInstructions(const CpuFeatures& features)
{
    if (features.amx)
        return &kAmx;
    if (features.avx512)
        return &kAvx512;
    if (features.avxVnni)
        return &kAvxVnni;
    return features.avx2 ? &kAvx2 : nullptr;
}

std::string cpuProblem(const CpuFeatures& features)
{
    if (features.avx2)
        return "";
    return "This processor (" + features.brand +
        ") lacks AVX2, which Inglenook needs; processors since about 2015 have it.";
}

std::string instructionsName(const CpuFeatures& features)
{
    if (features.amx)
        return "AMX";
    if (features.avx512)
        return "AVX-512 VNNI";
    if (features.avxVnni)
        return "AVX-VNNI";
    return features.avx2 ? "AVX2" : "";
}

} // namespace inglenook::cpu
