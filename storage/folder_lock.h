#pragma once

#include <string>

namespace inglenook {

/// Keeps a second program out of a folder for as long as it lives. The system lets go when the
/// program ends, however it ends.
class FolderLock {
public:
    enum class State {
        Held,
        Taken, // another program holds it
        Unavailable, // this folder cannot be locked: read-only, or a network folder that knows no
                     // locks
    };

    FolderLock() = default;
    explicit FolderLock(const std::string& folder);
    ~FolderLock();
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;

    [[nodiscard]] State state() const { return m_state; }

private:
    int m_file = -1;
    State m_state = State::Unavailable;
};

} // namespace inglenook
