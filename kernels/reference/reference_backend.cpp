#include "kernels/reference/reference_backend.h"

#include "kernels/checks.h"
#include "kernels/reference/memory.h"

#include <cstring>

namespace inglenook {

namespace {

/// The operator calls of a step with their arguments, in order.
class RecordedWork final : public Recording {
public:
    std::vector<std::function<void()>> calls;
};

} // namespace

std::shared_ptr<Buffer> ReferenceBackend::allocate(size_t bytes)
{
    return std::make_shared<reference::HostBuffer>(bytes);
}

std::unique_ptr<WeightLoading> ReferenceBackend::beginLoad(std::span<const WeightPart> parts,
                                                           int in)
{
    checkLoad(parts, in);
    return std::make_unique<reference::HostLoading>(parts, in);
}

void ReferenceBackend::write(const Tensor& to, std::span<const std::byte> from)
{
    checkCopy(to, from.size());
    const size_t bytes = static_cast<size_t>(to.cols) * 4;
    for (int r = 0; r < to.rows; ++r)
        std::memcpy(reference::row(to, r).data(), &from[static_cast<size_t>(r) * bytes], bytes);
}

void ReferenceBackend::read(std::span<std::byte> to, const Tensor& from)
{
    checkCopy(from, to.size());
    const size_t bytes = static_cast<size_t>(from.cols) * 4;
    for (int r = 0; r < from.rows; ++r)
        std::memcpy(&to[static_cast<size_t>(r) * bytes], reference::row(from, r).data(), bytes);
}

std::unique_ptr<Recording> ReferenceBackend::record(const std::function<void()>& step)
{
    auto recording = std::make_unique<RecordedWork>();
    m_recorded = &recording->calls;
    try {
        step();
    } catch (...) {
        m_recorded = nullptr;
        throw;
    }
    m_recorded = nullptr;
    return recording;
}

void ReferenceBackend::replay(Recording& recording)
{
    for (const Work& call : static_cast<RecordedWork&>(recording).calls)
        call();
}

void ReferenceBackend::perform(const Work& work)
{
    work();
    if (m_recorded)
        m_recorded->push_back(work);
}

std::unique_ptr<Backend> createReferenceBackend()
{
    return std::make_unique<ReferenceBackend>();
}

} // namespace inglenook
