#include "app/cli/sampling_options.h"

#include <random>

namespace inglenook {

void addSamplingOptions(CLI::App& command, SamplingSettings& sampling)
{
    sampling.seed = std::random_device{}();
    command.add_option("--seed", sampling.seed, "the same seed gives the same text");
    command.add_option("--temperature", sampling.temperature)
        ->capture_default_str()
        ->check(CLI::Range(0.f, 100.f));
    command.add_option("--top-k", sampling.topK)
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    command.add_option("--top-p", sampling.topP)
        ->capture_default_str()
        ->check(CLI::Range(0.f, 1.f));
    command.add_option("--min-p", sampling.minP)
        ->capture_default_str()
        ->check(CLI::Range(0.f, 1.f));
    command.add_option("--repeat-penalty", sampling.repeatPenalty)
        ->capture_default_str()
        ->check(CLI::Range(0.f, 10.f));
}

} // namespace inglenook
