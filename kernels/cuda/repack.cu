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

template <class File> __device__ unsigned quantsWord(const FileRows& from, int index)
{
    const int unit = index / 128;
    const int lane = index % 128 / 4;
    const int i = index % 4;
    unsigned word = 0;
    for (int byte = 0; byte < 4; ++byte) {
        if constexpr (File::Panel::kUnitBlocks == 1) {
            word |= (fragmentQuant<File>(from, lane, i, unit, byte) & 255u) << (8 * byte);
        } else {
            const int block = 2 * unit + i / 2;
            for (int half = 0; half < 2; ++half)
                word |= (fragmentQuant<File>(from, lane, i % 2 + 2 * half, block, byte) & 15u)
                    << (8 * byte + 4 * half);
        }
    }
    return word;
}

template <class File> __device__ unsigned highWord(const FileRows& from, int index)
{
    constexpr int kBits = File::Panel::kHighRuns; // per element
    const int lane = index % 128 / 4;
    const int i = index / 128 * 4 + index % 4; // of the lane's words
    unsigned word = 0;
    for (int place = 0; place < 8 / kBits; ++place) {
        const int block = kBits == 1 ? 2 * i + place / 4 : i;
        for (int byte = 0; byte < 4; ++byte)
            word |= (fragmentQuant<File>(from, lane, place % 4, block, byte) >> 4)
                << (8 * byte + kBits * place);
    }
    return word;
}

template <class File> __device__ unsigned recordWord(const FileRows& from, int word)
{
    using Panel = typename File::Panel;
    constexpr int kHeaderWords = kHeaderBytes / 4;
    constexpr int kHighWord = kHighOffset<Panel> / 4;
    constexpr int kQuantsWord = kQuantsOffset<Panel> / 4;
    if (word < kHeaderWords)
        return word / 4 < from.rows
            ? File::headerWord(from.row(word / 4), from.in, from.record, word % 4)
            : 0;
    if constexpr (Panel::kFactor) {
        if (word < kHighWord) {
            const int r = 2 * (word - kHeaderWords);
            const auto factor = [&](int i) {
                return i < from.rows ? File::factorBits(from.row(i), from.record) : 0;
            };
            return factor(r) | factor(r + 1) << 16;
        }
    }
    if constexpr (Panel::kHighRuns > 0) {
        if (word < kQuantsWord)
            return highWord<File>(from, word - kHighWord);
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
