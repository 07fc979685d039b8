#pragma once

#include "kernels/cpu/instructions.h"

#include <string>

namespace inglenook::cpu {

/// What this processor (and its operating system) can do.
struct CpuFeatures {
    std::string brand; // as the processor names itself
    bool avx2 = false; // with FMA and F16C: the least this backend needs
    bool avxVnni = false; // dot products of bytes in 256 bits
    bool avx512 = false; // F, BW, DQ, VL and VNNI
    bool amx = false; // tiles of bytes, and leave to use them; with avx512
    int cores = 1; // that this process may use: see cores.h
};

/// Asks Linux for leave to use tiles, where there are any.
[[nodiscard]] CpuFeatures readCpuFeatures();

/// The best bodies for this processor; nothing if it lacks AVX2.
[[nodiscard]] const Instructions* bestInstructions(const CpuFeatures& features);

/// The sentence that says why it cannot be used; "" if it can.
[[nodiscard]] std::string cpuProblem(const CpuFeatures& features);

/// "AVX2", "AVX-VNNI", "AVX-512 VNNI", "AMX"; "" if it lacks AVX2.
[[nodiscard]] std::string instructionsName(const CpuFeatures& features);

} // namespace inglenook::cpu
