#pragma once

#include "inference/model/decoder.h"
#include "kernels/devices.h"
#include "tests/models/tiny_model.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inglenook::tests {

/// The backends that tests of whole models run on.
[[nodiscard]] std::vector<std::string> testedDevices();

/// Opens a device for a test: the backend, or the sentence why the test has to be skipped. A device
/// named in INGLENOOK_EXPECT (a list with commas) is not skipped: its failure is thrown.
struct TestDevice {
    std::unique_ptr<Backend> backend;
    std::string whyNot;
};
[[nodiscard]] TestDevice openTestDevice(const std::string& name);

/// A tiny model on a device with a cache of its own, for tests that compute steps themselves.
class TinyRunner {
public:
    static constexpr int kSlots = 4;
    static constexpr int kPagesPerSlot = 4;

    /// The backend outlives the runner.
    TinyRunner(Backend& backend, const ModelFile& file);

    [[nodiscard]] const ModelSpec& spec() const { return m_spec; }
    [[nodiscard]] Decoder& decoder() { return *m_decoder; }

    /// Gives a sequence the pages in this order.
    void setPages(int slot, const std::vector<int>& pages) { m_decoder->setPages(slot, pages); }
    /// Computes a step and returns the logits of its outputs, one after another.
    [[nodiscard]] std::vector<float> run(const std::vector<StepRow>& rows);
    /// Computes tokens of one sequence from `first` on in slices of `slice` rows; returns the
    /// logits of each.
    [[nodiscard]] std::vector<float> runSlices(std::span<const int32_t> tokens, int slot,
                                               int slice);

private:
    ModelSpec m_spec;
    Weights m_weights;
    std::unique_ptr<KvCache> m_cache;
    std::unique_ptr<Decoder> m_decoder;
};

} // namespace inglenook::tests
