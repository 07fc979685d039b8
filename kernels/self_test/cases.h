#pragma once

#include "kernels/self_test/trial.h"

namespace inglenook::self_test {

// The claims about each operator, in the file of its name. A case makes its data when it runs.

void addCopyCases(std::vector<OperatorCase>& cases);
void addCopyPagesCases(std::vector<OperatorCase>& cases);
void addEmbedCases(std::vector<OperatorCase>& cases);
void addRmsNormCases(std::vector<OperatorCase>& cases);
void addMatmulCases(std::vector<OperatorCase>& cases);
void addRotateAndStoreCases(std::vector<OperatorCase>& cases);
void addAttentionCases(std::vector<OperatorCase>& cases);
void addGluCases(std::vector<OperatorCase>& cases);
void addAddCases(std::vector<OperatorCase>& cases);
void addGatherRowsCases(std::vector<OperatorCase>& cases);
void addSoftcapCases(std::vector<OperatorCase>& cases);
void addTopCandidatesCases(std::vector<OperatorCase>& cases);
void addRouteExpertsCases(std::vector<OperatorCase>& cases);
void addExpertMatmulCases(std::vector<OperatorCase>& cases);
void addWeightedSumCases(std::vector<OperatorCase>& cases);
void addAllReduceCases(std::vector<OperatorCase>& cases);
void addAddRmsNormCases(std::vector<OperatorCase>& cases);
void addMatmulGluCases(std::vector<OperatorCase>& cases);
void addRecordReplayCases(std::vector<OperatorCase>& cases);
void addNoRowsCases(std::vector<OperatorCase>& cases);

/// "17 rows of 256" and so on.
[[nodiscard]] inline std::string shapeText(int rows, int cols, Placement placement)
{
    return std::to_string(rows) + (rows == 1 ? " row of " : " rows of ") + std::to_string(cols) +
        (placement == Placement::Spread ? ", spread" : "");
}

/// Rows, columns and placement of the operators that work on rows alone.
struct RowsShape {
    int rows = 1;
    int cols = 1;
    Placement placement = Placement::Packed;
};
inline constexpr RowsShape kRowsShapes[] = {
    {1, 256, Placement::Packed},  {2, 768, Placement::Spread},  {17, 896, Placement::Packed},
    {33, 130, Placement::Spread}, {1, 2048, Placement::Spread}, {3, 1, Placement::Packed},
    {64, 67, Placement::Packed},
};

} // namespace inglenook::self_test
