#include "kernels/cuda/upload_ring.cuh"

#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <QTest>
#include <numeric>

using namespace inglenook;
using namespace inglenook::cuda;
using namespace inglenook::cuda_on_cpu;

namespace {

constexpr size_t kPieceBytes = 256;
constexpr size_t kPieces = 10; // the ring goes round more than three times

/// Piece i has bytes of its own.
std::vector<std::byte> piece(size_t i)
{
    std::vector<std::byte> bytes(i % 4 == 3 ? kPieceBytes / 2 : kPieceBytes);
    for (size_t b = 0; b < bytes.size(); ++b)
        bytes[b] = static_cast<std::byte>(31 * i + b);
    return bytes;
}

/// A stream, and room on the device for all pieces.
struct Device {
    Device()
        : kept(kPieces * kPieceBytes, 0)
    {
        cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    }
    ~Device() { cudaStreamDestroy(stream); }

    /// What lies there once the stream is done.
    [[nodiscard]] std::vector<std::byte> bytesOf(size_t i)
    {
        cudaStreamSynchronize(stream);
        std::vector<std::byte> bytes(piece(i).size());
        cudaMemcpyAsync(bytes.data(), kept.data + i * kPieceBytes, bytes.size(),
                        cudaMemcpyDeviceToHost, stream);
        return bytes;
    }

    cudaStream_t stream = nullptr;
    CudaBuffer kept;
};

} // namespace

/// The emulated device does everything as late as it may, so what came too early would be missing.
class UploadRingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void piecesArriveWhole_data();
    void piecesArriveWhole();
};

void UploadRingTest::piecesArriveWhole_data()
{
    QTest::addColumn<bool>("kept");
    QTest::newRow("used by the stream") << false;
    QTest::newRow("kept where they are sent") << true;
}

void UploadRingTest::piecesArriveWhole()
{
    QFETCH(bool, kept);
    Device device;
    {
        UploadRing ring(kPieceBytes, 0, device.stream);
        for (size_t i = 0; i < kPieces; ++i) {
            std::vector<std::byte> bytes = piece(i);
            std::byte* to = device.kept.data + i * kPieceBytes;
            if (kept) {
                ring.sendTo(to, bytes);
            } else {
                const std::byte* from = ring.send(bytes);
                cudaMemcpyAsync(to, from, bytes.size(), cudaMemcpyDeviceToDevice, device.stream);
            }
            std::ranges::fill(bytes, std::byte{0}); // they may go when sent
        }
    }

    for (size_t i = 0; i < kPieces; ++i)
        QVERIFY2(device.bytesOf(i) == piece(i), qPrintable(QString("piece %1").arg(i)));
}

QTEST_APPLESS_MAIN(UploadRingTest)
#include "upload_ring_test.moc"
