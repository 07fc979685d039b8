#include "app/cli/commands.h"
#include "app/cli/driver_guard.h"

#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    if (const auto status = inglenook::triedDriver(argc, argv))
        return *status;
    for (const std::string& sentence : inglenook::hideBrokenDrivers())
        std::fprintf(stderr, "nook: %s\n", sentence.c_str());
    CLI::App nook{"nook: Inglenook's engine on the command line"};
    nook.require_subcommand(1);
    inglenook::addChat(nook);
    inglenook::addGenerate(nook);
    inglenook::addBatch(nook);
    inglenook::addTokenize(nook);
    inglenook::addTemplate(nook);
    inglenook::addLogits(nook);
    inglenook::addBench(nook);
    inglenook::addInspect(nook);
    inglenook::addDoctor(nook);
    inglenook::addCache(nook);
    try {
        nook.parse(argc, argv);
        return 0;
    } catch (const CLI::ParseError& error) {
        return nook.exit(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "nook: %s\n", error.what());
        return 1;
    }
}
