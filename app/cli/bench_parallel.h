#pragma once

#include "inference/messages.h"

#include <string>
#include <vector>

namespace inglenook {

struct ParallelWish {
    LoadRequest model;
    std::vector<int> counts; // of conversations at once, each 1 .. kDecodeRows
    int prompt = 512; // tokens of each conversation's prompt, which differ
    int reply = 128; // tokens of each answer
    int passes = 5;
};

/// So many conversations at once.
struct ParallelFigure {
    int count = 0;
    std::vector<double> rates; // tokens/s of all together, in each pass
    std::vector<double> gains; // rate against that of the first count, in each pass
};

struct ParallelFigures {
    std::string model;
    std::string device;
    std::vector<ParallelFigure> figures; // as wished
};

/// Loads the model and lets conversations answer at once through the generator, as the window does.
/// What counts is the time in which all of them answer: prompts are read before. All counts take
/// their turn in each pass, so that what else the machine does meets all alike.
[[nodiscard]] ParallelFigures measureParallel(const ParallelWish& wish);

[[nodiscard]] std::string tableOf(const ParallelFigures& figures);
[[nodiscard]] std::string jsonOf(const ParallelFigures& figures);

} // namespace inglenook
