#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace inglenook {

// One function per command, in the file of its name: declares the command and what it runs.
// Commands throw exceptions with a sentence; main.cpp prints it.

void addBatch(CLI::App& nook);
void addBench(CLI::App& nook);
void addCache(CLI::App& nook);
void addChat(CLI::App& nook);
void addDoctor(CLI::App& nook);
void addGenerate(CLI::App& nook);
void addInspect(CLI::App& nook);
void addLogits(CLI::App& nook);
void addTemplate(CLI::App& nook);
void addTokenize(CLI::App& nook);

} // namespace inglenook
