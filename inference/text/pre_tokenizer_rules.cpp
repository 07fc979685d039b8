#include "inference/text/pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace inglenook {

namespace {

// Parts that many rules share.

// English endings; the newer rules ignore case.
#define INGLENOOK_ENDINGS "'s|'t|'re|'ve|'m|'ll|'d"
#define INGLENOOK_ANY_ENDINGS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
// A run of spaces, of which the last one goes with the word that follows.
#define INGLENOOK_SPACES "\\s+(?!\\S)|\\s+"
// As above, but line ends make pieces of their own.
#define INGLENOOK_LINES_AND_SPACES "\\s*[\\r\\n]+|" INGLENOOK_SPACES

constexpr const char* kGpt2 =
    INGLENOOK_ENDINGS "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|" INGLENOOK_SPACES;

constexpr const char* kLlama3 = INGLENOOK_ANY_ENDINGS
    "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
    "|" INGLENOOK_LINES_AND_SPACES;

constexpr const char* kQwen2 =
    INGLENOOK_ANY_ENDINGS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                          "|" INGLENOOK_LINES_AND_SPACES;

constexpr const char* kQwen35 = INGLENOOK_ANY_ENDINGS
    "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*"
    "|" INGLENOOK_LINES_AND_SPACES;

// Words of which upper case comes before lower case.
#define INGLENOOK_UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define INGLENOOK_LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define INGLENOOK_CASED_WORD(ending)                                                               \
    "[^\\r\\n\\p{L}\\p{N}]?" INGLENOOK_UPPER "*" INGLENOOK_LOWER "+" ending                        \
    "|[^\\r\\n\\p{L}\\p{N}]?" INGLENOOK_UPPER "+" INGLENOOK_LOWER "*" ending

constexpr const char* kTekken = INGLENOOK_CASED_WORD("") "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                                                         "|" INGLENOOK_LINES_AND_SPACES;

constexpr const char* kGpt4o = INGLENOOK_CASED_WORD(
    INGLENOOK_ANY_ENDINGS
    "?") "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" INGLENOOK_LINES_AND_SPACES;

// The cased letters of an old Unicode table.
constexpr const char* kDeepseekWord =
    "\\s?[A-Za-z\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1ba}\\x{1bc}-\\x{1bf}"
    "\\x{1c4}-\\x{293}\\x{295}-\\x{2af}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37b}-\\x{37d}\\x{37f}"
    "\\x{386}\\x{388}-\\x{38a}\\x{38c}\\x{38e}-\\x{3a1}\\x{3a3}-\\x{3f5}\\x{3f7}-\\x{481}"
    "\\x{48a}-\\x{52f}\\x{531}-\\x{556}\\x{10a0}-\\x{10c5}\\x{13a0}-\\x{13f5}\\x{13f8}-\\x{13fd}"
    "\\x{1c90}-\\x{1cba}\\x{1cbd}-\\x{1cbf}\\x{1d00}-\\x{1d2b}\\x{1d6b}-\\x{1d77}"
    "\\x{1d79}-\\x{1d9a}\\x{1e00}-\\x{1f15}\\x{1f18}-\\x{1f1d}\\x{1f20}-\\x{1f45}"
    "\\x{1f48}-\\x{1f4d}\\x{1f50}-\\x{1f57}\\x{1f59}\\x{1f5b}\\x{1f5d}\\x{1f5f}-\\x{1f7d}"
    "\\x{1f80}-\\x{1fb4}\\x{1fb6}-\\x{1fbc}\\x{1fbe}\\x{1fc2}-\\x{1fc4}\\x{1fc6}-\\x{1fcc}"
    "\\x{1fd0}-\\x{1fd3}\\x{1fd6}-\\x{1fdb}\\x{1fe0}-\\x{1fec}\\x{1ff2}-\\x{1ff4}"
    "\\x{1ff6}-\\x{1ffc}\\x{2102}\\x{2107}\\x{210a}-\\x{2113}\\x{2115}\\x{2119}-\\x{211d}\\x{2124}"
    "\\x{2126}\\x{2128}\\x{212a}-\\x{212d}\\x{212f}-\\x{2134}\\x{2139}\\x{213c}-\\x{213f}"
    "\\x{2145}-\\x{2149}\\x{214e}\\x{2183}\\x{2184}\\x{2c00}-\\x{2c7b}\\x{2c7e}-\\x{2ce4}"
    "\\x{2ceb}-\\x{2cee}\\x{2cf2}\\x{2cf3}\\x{a640}-\\x{a66d}\\x{a680}-\\x{a69b}\\x{a722}-\\x{a76f}"
    "\\x{a771}-\\x{a787}\\x{a78b}-\\x{a78e}\\x{ab70}-\\x{abbf}\\x{fb00}-\\x{fb06}\\x{fb13}-\\x{"
    "fb17}"
    "\\x{ff21}-\\x{ff3a}\\x{ff41}-\\x{ff5a}\\x{10400}-\\x{1044f}\\x{104b0}-\\x{104d3}"
    "\\x{104d8}-\\x{104fb}\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-\\x{118df}"
    "\\x{1e900}-\\x{1e943}]+";
constexpr const char* kDeepseekPunctuation =
    "\\s?[!-/:-~\\x{ff01}-\\x{ff0f}\\x{ff1a}-\\x{ff5e}\\x{2018}-\\x{201f}\\x{3000}-\\x{3002}]+";
// Spaces at the end. Only a run's first place is tried, else a long run would cost its square.
constexpr const char* kTrailingSpaces = "(?<!\\s)\\s++$";
constexpr const char* kDeepseekIdeographs =
    "[\\x{4e00}-\\x{9fa5}\\x{800}-\\x{4e00}\\x{ac00}-\\x{d7ff}]+";

constexpr const char* kDeepseek3 =
    "[!\"#$%&'()*+,\\-./"
    ":;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\\r\\n]*|" INGLENOOK_LINES_AND_SPACES;

struct NamedRules {
    std::vector<std::string_view> names;
    PreTokenizerRules rules;
};

const std::vector<NamedRules>& allRules()
{
    static const std::vector<NamedRules> kRules = {
        {{"gpt-2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe"}, {.patterns = {kGpt2}}},
        {{"default"},
         {.patterns = {"[\\p{P}\\$\\+<=>\\^~\\|]+", kGpt2, "\\p{N}+", "[0-9][0-9][0-9]"}}},
        {{"falcon"}, {.patterns = {"[\\p{P}\\$\\+<=>\\^~\\|`]+", kGpt2, "[0-9][0-9][0-9]"}}},
        {{"starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b"},
         {.patterns = {"\\p{N}", kGpt2}}},
        {{"llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "lfm2"},
         {.patterns = {kLlama3}, .wholeWordsFirst = true, .addsBos = true}},
        {{"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {.patterns = {kLlama3}}},
        {{"qwen2", "deepseek-r1-qwen", "stablelm2", "megrez"}, {.patterns = {kQwen2}}},
        {{"qwen35"}, {.patterns = {kQwen35}}},
        {{"tekken"}, {.patterns = {kTekken}, .wholeWordsFirst = true, .addsBos = true}},
        {{"gpt-4o", "llama4"}, {.patterns = {kGpt4o}}},
        {{"deepseek-llm"},
         {.patterns = {"[\\r\\n]", kDeepseekWord, kDeepseekPunctuation, kTrailingSpaces,
                       kDeepseekIdeographs, "\\p{N}+"}}},
        {{"deepseek-coder"},
         {.patterns = {"[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", kDeepseekIdeographs, "\\p{N}"}}},
        {{"deepseek-v3"},
         {.patterns = {"\\p{N}{1,3}",
                       "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+",
                       kDeepseek3}}},
    };
    return kRules;
}

} // namespace

const PreTokenizerRules& preTokenizerRules(std::string_view name)
{
    for (const NamedRules& each : allRules())
        if (std::ranges::find(each.names, name) != each.names.end())
            return each.rules;
    throw std::runtime_error("The model's vocabulary cuts text in a way named \"" +
                             std::string(name) + "\", which this Inglenook does not know.");
}

} // namespace inglenook
