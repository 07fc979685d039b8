#include "tests/support/operator_test.h"

int main(int argc, char** argv)
{
    return inglenook::runOperatorTest("matmulGlu", argc, argv);
}
