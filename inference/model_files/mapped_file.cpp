#include "inference/model_files/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inglenook {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    ~Descriptor()
    {
        if (m_number >= 0)
            close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

[[noreturn]] void refuse(const std::string& path, const std::string& reason)
{
    throw std::runtime_error("Cannot open the file \"" + path + "\": " + reason + ".");
}

std::string systemReason()
{
    return std::strerror(errno);
}

} // namespace

MappedFile::MappedFile(const std::string& path)
    : m_path(path)
{
    // Without O_NONBLOCK, opening a pipe that somebody named like a model would wait for ever.
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        refuse(path, systemReason());
    struct stat status = {};
    if (fstat(file.number(), &status) != 0)
        refuse(path, systemReason());
    if (!S_ISREG(status.st_mode))
        refuse(path, "it is not a regular file");
    if (status.st_size == 0)
        refuse(path, "it is empty");
    const auto size = static_cast<size_t>(status.st_size);
    void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (address == MAP_FAILED)
        refuse(path, systemReason());
    m_bytes = {static_cast<const std::byte*>(address), size};
}

void MappedFile::expect(std::span<const std::byte> part) const
{
    // Whole pages; a wish that cannot be granted changes nothing
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const auto from = static_cast<size_t>(part.data() - m_bytes.data()) / page * page;
    const size_t to = static_cast<size_t>(part.data() - m_bytes.data()) + part.size();
    madvise(const_cast<std::byte*>(m_bytes.data()) + from, to - from, MADV_WILLNEED);
}

MappedFile::~MappedFile()
{
    // munmap and madvise take pointers to what they may change; the mapping stays read-only.
    munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

} // namespace inglenook
