// One thread per word of the result, which gathers its elements from the file's blocks: whatever
// the order, loading is bound by the way to the device.

#include "kernels/cuda/repack.cuh"

#include "kernels/cuda/file_blocks.cuh"
#include "kernels/cuda/launch.cuh"

namespace inglenook::cuda {
namespace {

/// Rows of one panel, of which the last may have fewer than 16.
struct FileRows {
    const std::byte* data;
    size_t bytesPerRow;
    int rows;
    int in;
    int record;

    template <class File> __device__ int quant(int r, int e) const
    {
        return r < rows ? File::quant(row(r), in, record, e) : 0;
    }
    __device__ const std::byte* row(int r) const
    {
        return data + static_cast<size_t>(r) * bytesPerRow;
    }
};

/// The element that byte `byte` of a word of a fragment holds.
template <class File>
__device__ unsigned fragmentQuant(const FileRows& from, int lane, int word, int block, int byte)
{
    const int r = lane / 4 + word % 2 * 8;
    const int e = block * kBlock + word / 2 * 16 + lane % 4 * 4 + byte;
    return static_cast<unsigned>(from.quant<File>(r, e));
}

/// A word of runs that hold one or two bits of an element, from bit kShift of a quant on.
template <class File, int kBits, int kShift>
__device__ unsigned sparseWord(const FileRows& from, int index)
{
    const int lane = index % 128 / 4;
    const int i = index / 128 * 4 + index % 4; // of the lane's words
    unsigned word = 0;
    for (int place = 0; place < 8 / kBits; ++place) {
        const int block = kBits == 1 ? 2 * i + place / 4 : i;
        for (int byte = 0; byte < 4; ++byte) {
            const unsigned quant = fragmentQuant<File>(from, lane, place % 4, block, byte);
            word |= (quant >> kShift & ((1u << kBits) - 1)) << (8 * byte + kBits * place);
        }
    }
    return word;
}

template <class File> __device__ unsigned quantsWord(const FileRows& from, int index)
{
    using Panel = typename File::Panel;
    if constexpr (Panel::kBits == 2)
        return sparseWord<File, 2, 0>(from, index);
    const int unit = index / 128;
    const int lane = index % 128 / 4;
    const int i = index % 4;
    unsigned word = 0;
    for (int byte = 0; byte < 4; ++byte) {
        if constexpr (Panel::kBits == 8) {
            word |= (fragmentQuant<File>(from, lane, i, unit, byte) & 255u) << (8 * byte);
        } else {
            const int block = 2 * unit + i / 2;
            for (int half = 0; half < 2; ++half) {
                const int shift = Panel::kIndices ? 16 * half + 4 * byte : 8 * byte + 4 * half;
                word |= (fragmentQuant<File>(from, lane, i % 2 + 2 * half, block, byte) & 15u)
                    << shift;
            }
        }
    }
    return word;
}

/// The header's words lie run by run: those of an output side by side.
template <class File> __device__ unsigned headerWord(const FileRows& from, int word)
{
    constexpr int kRun = kHeaderRun<typename File::Panel>;
    const int output = word / kRun % kPanelOutputs;
    const int i = word / (kRun * kPanelOutputs) * kRun + word % kRun;
    return output < from.rows ? File::headerWord(from.row(output), from.in, from.record, i) : 0;
}

template <class File> __device__ unsigned factorWord(const FileRows& from, int word)
{
    constexpr int kFactors = File::Panel::kFactors;
    const auto factor = [&](int i) {
        const int output = i / kFactors;
        return output < from.rows ? File::factorBits(from.row(output), from.record, i % kFactors)
                                  : 0;
    };
    return factor(2 * word) | factor(2 * word + 1) << 16;
}

template <class File> __device__ unsigned recordWord(const FileRows& from, int word)
{
    using Panel = typename File::Panel;
    constexpr int kFactorWord = kFactorOffset<Panel> / 4;
    constexpr int kHighWord = kHighOffset<Panel> / 4;
    constexpr int kQuantsWord = kQuantsOffset<Panel> / 4;
    if (word < kFactorWord)
        return headerWord<File>(from, word);
    if constexpr (Panel::kFactors > 0) {
        if (word < kHighWord)
            return factorWord<File>(from, word - kFactorWord);
    }
    if constexpr (Panel::kHighBits > 0) {
        if (word < kQuantsWord)
            return sparseWord<File, Panel::kHighBits, Panel::kBits>(from, word - kHighWord);
    }
    return quantsWord<File>(from, word - kQuantsWord);
}

/// Blocks: (pieces of a panel, panels).
template <class File>
__global__ void repackKernel(unsigned* panels, const std::byte* fileRows, size_t bytesPerRow,
                             int rows, int in)
{
    waitForEarlierKernels();
    constexpr int kRecordWords = kRecordBytes<typename File::Panel> / 4;
    const auto panelWords = static_cast<int>(panelBytes<typename File::Panel>(in) / 4);
    const int word = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (word >= panelWords)
        return;
    const int panel = static_cast<int>(blockIdx.y);
    const int first = panel * kPanelOutputs;
    const FileRows from{.data = fileRows + static_cast<size_t>(first) * bytesPerRow,
                        .bytesPerRow = bytesPerRow,
                        .rows = min(kPanelOutputs, rows - first),
                        .in = in,
                        .record = word / kRecordWords};
    panels[static_cast<size_t>(panel) * panelWords + word] =
        recordWord<File>(from, word % kRecordWords);
}

int panelCount(int out)
{
    return (out + kPanelOutputs - 1) / kPanelOutputs;
}

} // namespace

size_t repackedBytes(DType type, int out, int in)
{
    size_t bytes = 0;
    withBlockFormat(type, [&]<class Format>(Format) {
        bytes = static_cast<size_t>(panelCount(out)) * panelBytes<Format>(in);
    });
    return bytes;
}

void repack(DType type, std::byte* panels, const std::byte* fileRows, int rows, int in,
            const Queue& queue)
{
    constexpr int kMostPanels = 65535; // in the second dimension of a grid
    const size_t bytesPerRow = rowBytes(type, in);
    const auto bytes = static_cast<size_t>(repackedBytes(type, kPanelOutputs, in));
    for (int first = 0; first < panelCount(rows); first += kMostPanels) {
        const int firstRow = first * kPanelOutputs;
        const int panelsNow = min(kMostPanels, panelCount(rows) - first);
        constexpr unsigned kThreads = 256;
        const dim3 grid(static_cast<unsigned>((bytes / 4 + kThreads - 1) / kThreads),
                        static_cast<unsigned>(panelsNow));
        withFileFormat(type, [&]<class File>(File) {
            launch(repackKernel<File>, {grid, kThreads}, queue,
                   reinterpret_cast<unsigned*>(panels + static_cast<size_t>(first) * bytes),
                   fileRows + static_cast<size_t>(firstRow) * bytesPerRow, bytesPerRow,
                   rows - firstRow, in);
        });
    }
}

} // namespace inglenook::cuda
