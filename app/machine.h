#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inglenook {

// What is there to work with, asked of the engine's rooms. Apart from the rest because Qt's macros
// (slots, emit) do not go together with names in their headers.

struct ModelFacts {
    std::string name; // "" if the file does not say
    std::string quantisation;
    std::string architecture;
    uint64_t neededBytes = 0; // weights and the cache of one conversation, 0 where unknown
    uint64_t vocabulary = 0; // models of the same number can guess for each other; 0: unknown
    std::string problem; // why it cannot be used, in a sentence
};

/// What a model file says of itself. `contextTokens` is the length of the conversation, 0: a short
/// one.
[[nodiscard]] ModelFacts describeModel(const std::string& path, int contextTokens);

struct DeviceFacts {
    std::string id; // "vulkan:0"
    std::string name;
    uint64_t freeBytes = 0;
    bool card = false; // a GPU of its own, listed for the first time
};

/// The devices that can be used.
[[nodiscard]] std::vector<DeviceFacts> usableDevices();

} // namespace inglenook
