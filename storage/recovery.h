#pragma once

#include "storage/database.h"

#include <string>

namespace inglenook {

struct Recovered {
    int conversations = 0;
    int messages = 0;
    int settings = 0;
};

/// Copies what can still be read of a damaged database file into an empty one, and mends what then
/// hangs in the air: a message whose predecessor is lost follows the one written before it, a
/// message whose conversation is lost gets one.
Recovered recover(const std::string& damagedPath, Connection& into);

} // namespace inglenook
