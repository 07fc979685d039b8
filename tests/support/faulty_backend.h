#pragma once

#include "kernels/backend.h"

namespace inglenook {

/// Mistakes that backends make.
enum class Fault {
    None,
    OneElementOff, // matmul: the last result is off by a tenth
    LostBit, // matmul: one element of the weight misses
    HalfInputs, // matmul: x is rounded to f16
    SixBitInputs, // matmul: x is rounded to 6 bits in blocks of 32
    IgnoredBias,
    RowsDependOnCount, // matmul: another order of sums for more than 4 rows
    WritesBeyond, // add: one element behind its row
    ChangesInput, // add: y as well
    IgnoredEps,
    WrongActivation,
    UnclampedGate, // glu: ClampedSilu of gates beyond 7
    UncappedScores,
    ClampedIds, // embed: of an id outside the table the last row
    LongWindow, // attention: one token more
    SharedHeads, // attention: query heads take turns with the key heads
    IgnoredSinks, // attention
    EmptyRowsStay, // attention: empty rows are left as they were
    OtherPairs, // rotateAndStore
    UnrotatedKeys,
    UnnormalisedHeads,
    FirstSlot, // rotateAndStore: all rows go to slot 0
    WrongPage, // rotateAndStore: pages in the order of the buffer
    EmptyRowsStored,
    FusedWithoutSum, // addRmsNorm: x keeps its value
    FusedHalvesSwapped, // matmulGlu: the ups are activated
    FirstRows, // gatherRows: ignores the row numbers
    HigherOfEqual, // topCandidates: of equal logits the higher token first
    LostCandidate, // topCandidates: the last one of a row is the one behind it
    AllAreFinite, // topCandidates: what is no number is not seen
    GivesUp, // topCandidates: finds none, in no crowd
    LastOfEqual, // routeExperts: of equal logits the higher expert
    SharesOfAll, // routeExperts: the softmax over all experts
    OtherExpert, // expertMatmul: the last pick of a step reads the next expert
    CrowdedExpert, // expertMatmul: an expert's picks beyond 64 read the next expert
    FirstBias, // expertMatmul: all experts have the bias of the first
    FirstInput, // expertMatmul: all picks of a row read its first input
    UnweightedSum, // weightedSum
    StaleSum, // allReduce: the sum is lost
    ReplaysOldInputs, // replay: does nothing
    FilledMemory, // allocate: not zero
    PagesByToken, // readPages, writePages: (key or value, token, KV head, element)
    PagesInOrder, // readPages, writePages: the first ones, whichever are asked for
};

/// Wraps the reference backend and makes one mistake, to prove that the self-test sees it.
[[nodiscard]] std::unique_ptr<Backend> createFaultyBackend(Fault fault);

/// Wraps the reference backend as a device that is lost after so many reads: they throw from then
/// on.
[[nodiscard]] std::unique_ptr<Backend> createLostBackend(int reads);

/// Wraps it as a device with so much memory: what goes beyond throws std::bad_alloc.
[[nodiscard]] std::unique_ptr<Backend> createSmallBackend(size_t bytes);

} // namespace inglenook
