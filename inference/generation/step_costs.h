#pragma once

#include <array>

namespace inglenook {

/// What steps of a few rows cost here, learned from those that were computed: V(n), the measured
/// price of verifying guesses. Costs grow with the context, so each half of a doubling has its own;
/// what was not measured there yet costs as many plain steps as behind a shorter context.
class StepCosts {
public:
    /// A step of up to kDecodeRows rows, the longest sequence in it having `context` tokens.
    void measured(int rows, int context, double seconds);
    /// 0 as long as nothing was measured.
    [[nodiscard]] double seconds(int rows, int context) const;
    /// Whether a step so wide was timed among the last `steps` measured ones.
    [[nodiscard]] bool fresh(int rows, int context, int steps) const;

private:
    struct Cost {
        int samples = 0;
        int last = 0; // when it was measured, in steps
        double seconds = 0.;
    };
    static constexpr int kWidths = 5; // 1, 2, 4, 8, 16 rows: decoders compute no others
    static constexpr int kContexts = 32;
    using Costs = std::array<Cost, kWidths>;

    [[nodiscard]] static double known(const Costs& costs, int width);
    [[nodiscard]] double plainRatio(int place, int shorter) const;

    std::array<Costs, kContexts> m_costs;
    int m_steps = 0;
};

} // namespace inglenook
