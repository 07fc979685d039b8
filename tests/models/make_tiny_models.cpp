#include "tests/models/tiny_model.h"

#include <cstdio>
#include <exception>

/// Writes every tiny model as GGUF into a folder, with the prompt whose logits are golden, so that
/// another program can compute them (record_golden.mjs).
int main(int argc, char** argv)
{
    using namespace inglenook::tests;
    if (argc != 2) {
        std::fprintf(stderr, "usage: make_tiny_models FOLDER\n");
        return 2;
    }
    try {
        const std::string folder(argv[1]);
        for (const std::string& name : tinyModelNames())
            writeModel(*tinyModel(name), folder + "/" + name + ".gguf");
        for (const int32_t token : tinyPrompt(40))
            std::printf("%d\n", token);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
