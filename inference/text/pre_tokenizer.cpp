#include "inference/text/pre_tokenizer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdexcept>
#include <string>

namespace inglenook {

namespace {

// The patterns need none of it; a limit keeps a mistake from growing into a stack overflow.
constexpr size_t kLeastJitStack = size_t{32} << 10;
constexpr size_t kMostJitStack = size_t{1} << 20;

template <auto Free> struct Freed {
    template <typename Object> void operator()(Object* object) const { Free(object); }
};

using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>>;

} // namespace

/// A compiled regular expression.
class PreTokenizer::Pattern {
public:
    explicit Pattern(const char* source)
    {
        int error = 0;
        PCRE2_SIZE place = 0;
        m_code.reset(
            pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source), PCRE2_ZERO_TERMINATED,
                          PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C,
                          &error, &place, nullptr));
        if (!m_code)
            throw std::logic_error("The pattern \"" + std::string(source) + "\" is wrong at " +
                                   std::to_string(place) + ".");
        // Where there is no JIT, the interpreter does the same more slowly.
        (void)pcre2_jit_compile(m_code.get(), PCRE2_JIT_COMPLETE);
    }

    [[nodiscard]] const pcre2_code* code() const { return m_code.get(); }

    /// Cuts one piece and appends what it falls into.
    void cut(std::string_view piece, pcre2_match_data* data, pcre2_match_context* context,
             std::vector<std::string_view>& pieces) const
    {
        size_t done = 0;
        while (done < piece.size()) {
            // Checking the encoding again at every call would cost the text's length each time.
            const int found =
                pcre2_match(m_code.get(), reinterpret_cast<PCRE2_SPTR>(piece.data()), piece.size(),
                            done, PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, data, context);
            if (found == PCRE2_ERROR_NOMATCH)
                break;
            if (found < 0)
                throw std::runtime_error("A text of " + std::to_string(piece.size()) +
                                         " bytes could not be cut into words (error " +
                                         std::to_string(found) + ").");
            const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data);
            if (ends[0] > done)
                pieces.push_back(piece.substr(done, ends[0] - done));
            pieces.push_back(piece.substr(ends[0], ends[1] - ends[0]));
            done = ends[1];
        }
        if (done < piece.size())
            pieces.push_back(piece.substr(done));
    }

private:
    Code m_code;
};

PreTokenizer::PreTokenizer(const PreTokenizerRules& rules)
{
    for (const char* pattern : rules.patterns)
        m_patterns.push_back(std::make_unique<const Pattern>(pattern));
}

PreTokenizer::~PreTokenizer() = default;

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const
{
    if (text.empty())
        return {};
    const MatchContext context(pcre2_match_context_create(nullptr));
    const JitStack stack(pcre2_jit_stack_create(kLeastJitStack, kMostJitStack, nullptr));
    const MatchData data(pcre2_match_data_create(1, nullptr));
    if (!context || !stack || !data)
        throw std::bad_alloc();
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());

    std::vector<std::string_view> pieces{text};
    for (const auto& pattern : m_patterns) {
        std::vector<std::string_view> cut;
        for (const std::string_view piece : pieces)
            pattern->cut(piece, data.get(), context.get(), cut);
        pieces = std::move(cut);
    }
    return pieces;
}

} // namespace inglenook
