#include "kernels/cpu/cpu_backend.h"

#include "kernels/checks.h"
#include "kernels/cpu/cores.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/cpu/packed_weight.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace inglenook {

using namespace cpu;
namespace {

class CpuRecording final : public Recording {
public:
    explicit CpuRecording(std::function<void()> step)
        : m_step(std::move(step))
    {
    }
    void run() const { m_step(); }

private:
    std::function<void()> m_step;
};

class CpuLoading final : public WeightLoading {
public:
    CpuLoading(std::span<const WeightPart> parts, int in, ThreadPool& pool)
        : m_parts(parts.begin(), parts.end())
        , m_in(in)
        , m_pool(pool)
        , m_weight(std::make_shared<PackedWeight>(parts, in, pool))
    {
    }

    bool advance() override
    {
        if (m_done < m_weight->pieces())
            m_weight->pack(m_parts, m_in, m_done++, m_pool);
        return m_done == m_weight->pieces();
    }

    Weight take() override
    {
        const size_t bytes = m_weight->bytes();
        return {.data = std::move(m_weight), .out = rowsOf(m_parts), .in = m_in, .bytes = bytes};
    }

private:
    std::vector<WeightPart> m_parts;
    int m_in;
    ThreadPool& m_pool;
    std::shared_ptr<PackedWeight> m_weight;
    int m_done = 0; // pieces
};

std::byte* bytesOf(const Tensor& tensor)
{
    auto* buffer = dynamic_cast<HostBuffer*>(tensor.buffer);
    if (!buffer)
        throw std::invalid_argument("cpu: a tensor in another backend's memory");
    return buffer->data() + tensor.offset;
}

/// A line "MemTotal:  16384 kB" of the kernel's account; 0 where there is none.
size_t memoryLine(const std::string& label)
{
    std::ifstream file("/proc/meminfo");
    std::string word;
    size_t kilobytes = 0;
    while (file >> word)
        if (word == label && file >> kilobytes)
            return kilobytes * 1024;
    return 0;
}

} // namespace

CpuBackend::CpuBackend(const Instructions& instructions, int threads,
                       const std::vector<std::vector<int>>& nodes)
    : m_instructions(instructions)
    , m_pool(threads, nodes)
{
}

std::shared_ptr<Buffer> CpuBackend::allocate(size_t bytes)
{
    return std::make_shared<HostBuffer>(bytes);
}

std::unique_ptr<WeightLoading> CpuBackend::beginLoad(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    return std::make_unique<CpuLoading>(parts, in, m_pool);
}

void CpuBackend::write(const Tensor& to, std::span<const std::byte> from)
{
    checkCopy(to, from.size());
    const size_t packedRow = static_cast<size_t>(to.cols) * 4;
    for (int row = 0; row < to.rows; ++row)
        std::memcpy(floatRow(to, row), from.data() + static_cast<size_t>(row) * packedRow,
                    packedRow);
}

void CpuBackend::read(std::span<std::byte> to, const Tensor& from)
{
    checkCopy(from, to.size());
    const size_t packedRow = static_cast<size_t>(from.cols) * 4;
    for (int row = 0; row < from.rows; ++row)
        std::memcpy(to.data() + static_cast<size_t>(row) * packedRow, floatRow(from, row),
                    packedRow);
}

std::unique_ptr<Recording> CpuBackend::record(const std::function<void()>& step)
{
    auto recording = std::make_unique<CpuRecording>(step);
    recording->run();
    return recording;
}

void CpuBackend::replay(Recording& recording)
{
    const auto* own = dynamic_cast<const CpuRecording*>(&recording);
    if (!own)
        throw std::invalid_argument("cpu: a recording of another backend");
    own->run();
}

float* cpu::floatRow(const Tensor& tensor, int row)
{
    const size_t elements = static_cast<size_t>(row) * static_cast<size_t>(tensor.stride);
    return reinterpret_cast<float*>(bytesOf(tensor) + elements * 4);
}

int32_t cpu::intAt(const Tensor& tensor, int row)
{
    const size_t elements = static_cast<size_t>(row) * static_cast<size_t>(tensor.stride);
    int32_t value;
    std::memcpy(&value, bytesOf(tensor) + elements * 4, sizeof value);
    return value;
}

DeviceInfo describeCpu()
{
    const CpuFeatures features = readCpuFeatures();
    DeviceInfo info;
    info.id = {.kind = DeviceKind::Cpu, .index = 0};
    info.name = features.brand + ", " + std::to_string(features.cores) +
        (features.cores == 1 ? " core" : " cores");
    if (features.avx2)
        info.name += ", " + instructionsName(features);
    info.memoryTotal = memoryLine("MemTotal:");
    info.memoryFree = memoryLine("MemAvailable:");
    info.problem = cpuProblem(features);
    return info;
}

std::unique_ptr<Backend> createCpuBackend(const BackendOptions& options)
{
    const CpuFeatures features = readCpuFeatures();
    const Instructions* instructions = bestInstructions(features);
    if (!instructions)
        throw std::runtime_error(cpuProblem(features));
    constexpr int most = 256;
    const int threads =
        options.threads > 0 ? options.threads : features.cores / std::max(1, options.sharers);
    return std::make_unique<CpuBackend>(*instructions, std::clamp(threads, 1, most),
                                        readCores().nodes);
}

} // namespace inglenook
