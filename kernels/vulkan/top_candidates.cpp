#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/candidate_classes.h"
#include "shaders/candidate_list.h"
#include "shaders/top_candidates.h"

#include <algorithm>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr int kInvocations = 256;
constexpr int kMostSlices = 32;
constexpr int kSoftwareSlices = 4; // where the CPU computes, which has few cores
constexpr int kRounds = 4; // of the classes, that a slice has at least
constexpr int kNoteWords = 2 + 2 * kCandidateCrowd + kMostSlices * kCandidateClasses;
constexpr auto kRowsAtOnce = static_cast<int>(kScratchBytes / (kNoteWords * 4));

} // namespace

void VulkanBackend::topCandidates(Tensor found, Tensor logits)
{
    checkTopCandidates(found, logits);
    const int rounds = static_cast<int>(groupsFor(logits.cols, kCandidateClasses));
    const int mostSlices = m_context->device.facts().software ? kSoftwareSlices : kMostSlices;
    const auto sliceRounds =
        static_cast<int>(std::max<int64_t>(kRounds, groupsFor(rounds, mostSlices)));
    const auto slices = static_cast<int>(groupsFor(rounds, sliceRounds));
    const int subgroups = m_context->subgroupsFor(kInvocations);
    for (int row = 0; row < logits.rows; row += kRowsAtOnce) {
        const int rows = std::min(kRowsAtOnce, logits.rows - row);
        struct {
            VkDeviceAddress found, logits, notes;
            int32_t cols, foundStride, logitStride, noteStride, slices, sliceLogits;
        } const push{.found = address(rowsFrom(found, row, rows)),
                     .logits = address(rowsFrom(logits, row, rows)),
                     .notes = m_context->scratch.address(),
                     .cols = logits.cols,
                     .foundStride = found.stride,
                     .logitStride = logits.stride,
                     .noteStride = kNoteWords,
                     .slices = slices,
                     .sliceLogits = sliceRounds * kCandidateClasses};
        const int64_t work = static_cast<int64_t>(rows) * logits.cols;
        m_context->begin();
        m_context->dispatch({shaders::candidate_classes, subgroups, {}}, push, {slices, rows},
                            work);
        m_context->begin();
        m_context->dispatch({shaders::candidate_list, subgroups, {}}, push, {slices, rows}, work);
        m_context->begin();
        m_context->dispatch({shaders::top_candidates, subgroups, {}}, push, {rows},
                            static_cast<int64_t>(rows) * kCandidateClasses);
    }
}

} // namespace inglenook
