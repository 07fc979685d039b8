#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/cpu_features.h"

#include <QtTest>

#include <fstream>
#include <string>

using namespace inglenook;
using namespace inglenook::cpu;

class CpuFeaturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreeWithTheOperatingSystem();
    void theBestSetIsChosen();
    void anOldProcessorIsRefusedPolitely();
    void theDeviceDescribesItself();
};

void CpuFeaturesTest::agreeWithTheOperatingSystem()
{
#ifdef __linux__
    std::ifstream file("/proc/cpuinfo");
    std::string line, flags;
    while (std::getline(file, line) && !line.starts_with("flags")) { }
    flags = line + " ";
    const auto has = [&](const char* flag) {
        return flags.find(" " + std::string(flag) + " ") != std::string::npos;
    };

    const CpuFeatures features = readCpuFeatures();

    QCOMPARE(features.avx2, has("avx2") && has("fma") && has("f16c"));
    QCOMPARE(features.avxVnni, has("avx_vnni"));
    QCOMPARE(features.avx512,
             has("avx512f") && has("avx512bw") && has("avx512dq") && has("avx512vl") &&
                 has("avx512_vnni"));
    QCOMPARE(features.amx, features.avx512 && has("amx_tile") && has("amx_int8"));
#else
    QSKIP("compares with /proc/cpuinfo");
#endif
}

void CpuFeaturesTest::theBestSetIsChosen()
{
    CpuFeatures features;
    QVERIFY(!bestInstructions(features));
    QCOMPARE(instructionsName(features), std::string());
    features.avx2 = true;
    QCOMPARE(bestInstructions(features), &kAvx2);
    features.avxVnni = true;
    QCOMPARE(bestInstructions(features), &kAvxVnni);
    features.avx512 = true;
    QCOMPARE(bestInstructions(features), &kAvx512);
    QCOMPARE(instructionsName(features), std::string("AVX-512 VNNI"));
    features.amx = true;
    QCOMPARE(bestInstructions(features), &kAmx);
    QCOMPARE(instructionsName(features), std::string("AMX"));
}

void CpuFeaturesTest::anOldProcessorIsRefusedPolitely()
{
    const CpuFeatures old{.brand = "Old Processor 1", .cores = 2};

    const std::string problem = cpuProblem(old);

    QVERIFY(problem.find("Old Processor 1") != std::string::npos);
    QVERIFY(problem.find("AVX2") != std::string::npos);
    CpuFeatures young;
    young.avx2 = true;
    QVERIFY(cpuProblem(young).empty());
}

void CpuFeaturesTest::theDeviceDescribesItself()
{
    const DeviceInfo info = describeCpu();

    QVERIFY(info.id.kind == DeviceKind::Cpu);
    QVERIFY(info.name.find("core") != std::string::npos);
    QVERIFY(info.memoryTotal >= info.memoryFree);
    QVERIFY(readCpuFeatures().cores >= 1);
}

QTEST_APPLESS_MAIN(CpuFeaturesTest)
#include "cpu_features_test.moc"
