#include "inference/generation/prompt_builder.h"

#include "inference/text/utf8_stream.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace inglenook {

namespace {

/// For models without a form of their own: a play with named speakers.
constexpr std::string_view kPlainTemplate =
    "{% for message in messages %}{% if message.role == 'user' %}User: {% elif message.role == "
    "'assistant' %}"
    "Assistant: {% endif %}{{ message.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}";
constexpr std::string_view kPlainStop = "\nUser:";

constexpr std::string_view kZeroWidthSpace = "\u200b";

std::string trimmed(const std::string& text)
{
    constexpr std::string_view kSpace = " \t\n\r\f\v";
    const size_t first = text.find_first_not_of(kSpace);
    return first == std::string::npos
        ? ""
        : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A text that stands for message `index` and occurs in none of them.
std::string markOf(size_t index, const std::string& salt)
{
    return "\ue000" + salt + std::to_string(index) + "\ue001";
}

std::string saltFor(std::span<const ChatMessage> messages)
{
    std::string salt = "m";
    const auto occurs = [&](const ChatMessage& m) {
        return m.text.find("\ue000" + salt) != std::string::npos;
    };
    while (std::ranges::any_of(messages, occurs))
        salt += "m";
    return salt;
}

/// Where the marks stand in a rendered prompt: the next mark at or after `from`.
struct FoundMark {
    size_t at = std::string::npos;
    size_t index = 0;
};

FoundMark nextMark(std::string_view text, size_t from, std::span<const std::string> marks)
{
    FoundMark found;
    for (size_t i = 0; i < marks.size(); ++i) {
        const size_t at = text.find(marks[i], from);
        if (at < found.at)
            found = {at, i};
    }
    return found;
}

/// The rendered prompt with the contents in place of their marks.
std::string filled(std::string_view form, std::span<const std::string> marks,
                   std::span<const std::string> contents)
{
    std::string text;
    for (size_t at = 0;;) {
        const FoundMark mark = nextMark(form, at, marks);
        text += form.substr(at, mark.at - at);
        if (mark.at == std::string::npos)
            return text;
        text += contents[mark.index];
        at = mark.at + marks[mark.index].size();
    }
}

} // namespace

PromptBuilder::PromptBuilder(const Tokenizer& tokenizer, const ChatTemplate* chatTemplate)
    : m_tokenizer(tokenizer)
    , m_template(chatTemplate)
{
    if (!m_template)
        m_plain.emplace(kPlainTemplate);
    for (Token t = 0; t < tokenizer.size(); ++t) {
        if (!tokenizer.bytes(t).empty())
            continue;
        if (std::string name = tokenizer.bytes(t, true); !name.empty())
            m_control.emplace_back(std::move(name), t);
    }
    std::ranges::stable_sort(
        m_control, [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

std::string PromptBuilder::render(std::span<const ChatMessage> messages) const
{
    nlohmann::json inputs;
    inputs["messages"] = nlohmann::json::array();
    for (const ChatMessage& message : messages)
        inputs["messages"].push_back({{"role", message.role}, {"content", message.text}});
    inputs["add_generation_prompt"] = true;
    inputs["bos_token"] = m_tokenizer.bos() >= 0 ? m_tokenizer.piece(m_tokenizer.bos()) : "";
    inputs["eos_token"] = m_tokenizer.eos() >= 0 ? m_tokenizer.piece(m_tokenizer.eos()) : "";
    return (m_template ? *m_template : *m_plain).render(inputs.dump());
}

bool PromptBuilder::holdsControl(std::string_view text) const
{
    return std::ranges::any_of(
        m_control, [&](const auto& c) { return text.find(c.first) != std::string_view::npos; });
}

/// The text with every control token's name broken by an invisible space.
std::string PromptBuilder::withoutControl(std::string text) const
{
    for (const auto& [name, token] : m_control) {
        size_t first = 1;
        while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xc0) == 0x80)
            ++first;
        for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
            text.insert(at + first, kZeroWidthSpace);
    }
    return text;
}

/// Encodes a rendered prompt in which marks stand for the contents: control tokens are looked for
/// between the marks only, and the text between two control tokens is encoded as one piece, as if
/// there had been no marks.
std::vector<Token> PromptBuilder::encodeApart(std::string_view marked,
                                              std::span<const std::string> marks,
                                              std::span<const std::string> contents) const
{
    std::vector<Token> tokens;
    std::string text;
    const auto flush = [&] {
        const std::vector<Token> piece = m_tokenizer.encode(text, false);
        tokens.insert(tokens.end(), piece.begin(), piece.end());
        text.clear();
    };
    FoundMark mark = nextMark(marked, 0, marks);
    for (size_t at = 0; at < marked.size();) {
        if (at == mark.at) {
            text += contents[mark.index];
            at += marks[mark.index].size();
            mark = nextMark(marked, at, marks);
            continue;
        }
        const auto control = std::ranges::find_if(
            m_control, [&](const auto& c) { return marked.substr(at).starts_with(c.first); });
        if (control == m_control.end()) {
            text += marked[at++];
            continue;
        }
        if (!text.empty())
            flush();
        tokens.push_back(control->second);
        at += control->first.size();
    }
    if (!text.empty())
        flush();
    return tokens;
}

std::vector<Token> PromptBuilder::encode(std::span<const ChatMessage> messages,
                                         const std::string& unfinished) const
{
    const std::string rendered = render(messages) + unfinished;
    const auto suspicious = [&](const ChatMessage& m) { return holdsControl(m.text); };
    if (std::ranges::none_of(messages, suspicious) && !holdsControl(unfinished))
        return m_tokenizer.encode(rendered, true);

    const std::string salt = saltFor(messages);
    std::vector<ChatMessage> marked(messages.begin(), messages.end());
    std::vector<std::string> marks;
    std::vector<std::string> contents;
    std::vector<std::string> trimmedContents;
    for (size_t i = 0; i <= messages.size(); ++i) {
        marks.push_back(markOf(i, salt));
        contents.push_back(i < messages.size() ? messages[i].text : unfinished);
        trimmedContents.push_back(i < messages.size() ? trimmed(messages[i].text) : unfinished);
        if (i < messages.size())
            marked[i].text = marks[i];
    }
    const std::string form = render(marked) + marks.back();
    for (const auto* candidate : {&contents, &trimmedContents}) {
        if (filled(form, marks, *candidate) == rendered)
            return encodeApart(form, marks, *candidate);
    }

    // the template does something of its own with the texts: make them harmless instead
    for (size_t i = 0; i < messages.size(); ++i)
        marked[i].text = withoutControl(messages[i].text);
    return m_tokenizer.encode(render(marked) + withoutControl(unfinished), true);
}

Prompt PromptBuilder::build(std::span<const ChatMessage> messages) const
{
    if (messages.empty())
        throw std::runtime_error("There is no message to answer.");
    std::vector<ChatMessage> valid;
    for (const ChatMessage& message : messages) {
        if (message.role != "system" && message.role != "user" && message.role != "assistant")
            throw std::runtime_error("A message cannot be from \"" + validUtf8(message.role) +
                                     "\": expected system, user or assistant.");
        valid.push_back({.role = message.role, .text = validUtf8(message.text)});
    }
    Prompt prompt;
    std::string unfinished;
    if (valid.size() > 1 && valid.back().role == "assistant") {
        unfinished = std::move(valid.back().text);
        valid.pop_back();
        prompt.continuesText = !unfinished.empty();
    }
    prompt.tokens = encode(valid, unfinished);
    addBos(prompt);
    if (!m_template)
        prompt.stopTexts.emplace_back(kPlainStop);
    return prompt;
}

Prompt PromptBuilder::continuing(const std::string& text) const
{
    Prompt prompt{.tokens = m_tokenizer.encode(text, false)};
    addBos(prompt);
    return prompt;
}

/// Where the vocabulary wants it and the template has not put it.
void PromptBuilder::addBos(Prompt& prompt) const
{
    const Token bos = m_tokenizer.bos();
    if (m_tokenizer.addsBos() && bos >= 0 &&
        (prompt.tokens.empty() || prompt.tokens.front() != bos))
        prompt.tokens.insert(prompt.tokens.begin(), bos);
}

} // namespace inglenook
