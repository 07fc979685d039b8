#include "kernels/self_test/self_test.h"

#include "kernels/self_test/cases.h"

#include <exception>
#include <sstream>

namespace inglenook {

std::string OperatorResult::text() const
{
    std::ostringstream line;
    line << operation << (format.empty() ? "" : " " + format) << ", " << shape << ": ";
    if (!problem.empty())
        line << problem << ". ";
    line.precision(3);
    line << worst * 100 << " % of the tolerance";
    line.precision(9);
    if (worst > 0)
        line << " at " << element << ": " << actual << ", the reference has " << expected;
    return line.str();
}

std::string OperatorCase::name() const
{
    return operation + (format.empty() ? "" : " " + format) + ", " + shape;
}

std::vector<OperatorCase> selfTestCases()
{
    std::vector<OperatorCase> cases;
    self_test::addCopyCases(cases);
    self_test::addCopyPagesCases(cases);
    self_test::addEmbedCases(cases);
    self_test::addRmsNormCases(cases);
    self_test::addMatmulCases(cases);
    self_test::addRotateAndStoreCases(cases);
    self_test::addAttentionCases(cases);
    self_test::addGluCases(cases);
    self_test::addAddCases(cases);
    self_test::addGatherRowsCases(cases);
    self_test::addSoftcapCases(cases);
    self_test::addTopCandidatesCases(cases);
    self_test::addRouteExpertsCases(cases);
    self_test::addExpertMatmulCases(cases);
    self_test::addWeightedSumCases(cases);
    self_test::addAllReduceCases(cases);
    self_test::addAddRmsNormCases(cases);
    self_test::addMatmulGluCases(cases);
    self_test::addRecordReplayCases(cases);
    self_test::addNoRowsCases(cases);
    return cases;
}

OperatorResult runCase(Backend& device, Backend& reference, const OperatorCase& test)
{
    OperatorResult result;
    result.operation = test.operation;
    result.format = test.format;
    result.shape = test.shape;
    self_test::Trial trial(device, reference, result);
    try {
        test.run(trial);
    } catch (const std::exception& failure) {
        trial.fail(failure.what());
    }
    return result;
}

} // namespace inglenook
