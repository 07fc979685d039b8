#include "storage/folder_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace inglenook {

FolderLock::FolderLock(const std::string& folder)
    : m_file(::open((folder + "/inglenook.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
    if (m_file < 0)
        return;
    if (::flock(m_file, LOCK_EX | LOCK_NB) == 0)
        m_state = State::Held;
    else if (errno == EWOULDBLOCK)
        m_state = State::Taken;
}

FolderLock::~FolderLock()
{
    if (m_file >= 0)
        ::close(m_file);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : m_file(std::exchange(other.m_file, -1))
    , m_state(std::exchange(other.m_state, State::Unavailable))
{
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept
{
    std::swap(m_file, other.m_file);
    std::swap(m_state, other.m_state);
    return *this;
}

} // namespace inglenook
