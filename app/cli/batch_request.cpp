#include "app/cli/batch_request.h"

#include "inference/text/utf8_stream.h"

#include <cmath>
#include <stdexcept>

namespace inglenook {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& what)
{
    throw std::runtime_error(what);
}

std::string textOf(const json& value, const std::string& name)
{
    if (!value.is_string())
        refuse("\"" + name + "\" must be a text.");
    return value.get<std::string>();
}

float numberOf(const json& value, const std::string& name, double least, double most)
{
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(number >= least && number <= most))
        refuse("\"" + name + "\" must be a number from " + json(least).dump() + " to " +
               json(most).dump() + ".");
    return static_cast<float>(number);
}

int countOf(const json& value, const std::string& name)
{
    constexpr int64_t kMost = 1 << 24;
    const bool whole = value.is_number_integer() && value >= 0 && value <= kMost;
    if (!whole)
        refuse("\"" + name + "\" must be a whole number from 0 to " + std::to_string(kMost) + ".");
    return value.get<int>();
}

uint64_t seedOf(const json& value)
{
    if (!value.is_number_unsigned())
        refuse("\"seed\" must be a whole number that is not negative.");
    return value.get<uint64_t>();
}

std::vector<ChatMessage> messagesOf(const json& value)
{
    constexpr const char* kForm =
        "\"messages\" must be a list of {\"role\": text, \"content\": text}.";
    if (!value.is_array() || value.empty())
        refuse(kForm);
    std::vector<ChatMessage> messages;
    for (const json& message : value) {
        const bool complete = message.is_object() && message.size() == 2 &&
            message.contains("role") && message.contains("content");
        if (!complete)
            refuse(kForm);
        messages.push_back({.role = textOf(message["role"], "role"),
                            .text = textOf(message["content"], "content")});
    }
    return messages;
}

std::vector<std::string> stopTextsOf(const json& value)
{
    if (value.is_string())
        return {value.get<std::string>()};
    if (!value.is_array())
        refuse("\"stop\" must be a text or a list of texts.");
    std::vector<std::string> texts;
    for (const json& text : value)
        texts.push_back(textOf(text, "stop"));
    return texts;
}

void take(const std::string& key, const json& value, ReplyRequest& request)
{
    SamplingSettings& sampling = request.sampling;
    if (key == "prompt")
        request.prompt = textOf(value, key);
    else if (key == "messages")
        request.messages = messagesOf(value);
    else if (key == "max_tokens")
        request.maxTokens = countOf(value, key);
    else if (key == "seed")
        sampling.seed = seedOf(value);
    else if (key == "temperature")
        sampling.temperature = numberOf(value, key, 0., 100.);
    else if (key == "top_k")
        sampling.topK = countOf(value, key);
    else if (key == "top_p")
        sampling.topP = numberOf(value, key, 0., 1.);
    else if (key == "min_p")
        sampling.minP = numberOf(value, key, 0., 1.);
    else if (key == "stop")
        request.stopTexts = stopTextsOf(value);
    else if (key != "id")
        refuse("\"" + validUtf8(key) + "\" is not understood.");
}

json parse(std::string_view line)
{
    if (validUtf8(line) != line)
        refuse("It is not valid UTF-8.");
    json object = json::parse(line, nullptr, false);
    if (!object.is_object())
        refuse("It is not a JSON object.");
    return object;
}

} // namespace

LineRead readLine(std::istream& input, std::string& line, size_t longest)
{
    line.clear();
    bool tooLong = false;
    std::streambuf* const buffer = input.rdbuf();
    for (int c = buffer->sbumpc();; c = buffer->sbumpc()) {
        if (c == std::char_traits<char>::eof()) {
            if (line.empty() && !tooLong)
                return LineRead::End;
            break;
        }
        if (c == '\n')
            break;
        if (line.size() == longest)
            tooLong = true;
        else
            line += static_cast<char>(c);
    }
    if (!tooLong)
        return LineRead::Line;
    line.clear();
    line.shrink_to_fit();
    return LineRead::TooLong;
}

BatchRequest parseBatchRequest(std::string_view line, int number, const ReplyRequest& defaults)
{
    BatchRequest parsed{.id = number, .problem = {}, .request = defaults};
    try {
        const json object = parse(line);
        if (const auto id = object.find("id"); id != object.end()) {
            if (!id->is_string() && !id->is_number_integer())
                refuse("\"id\" must be a text or a whole number.");
            parsed.id = *id;
        }
        if (object.contains("prompt") == object.contains("messages"))
            refuse("Give either \"prompt\" or \"messages\".");
        for (const auto& [key, value] : object.items())
            take(key, value, parsed.request);
        if (parsed.request.messages.empty() && parsed.request.prompt.empty())
            refuse("The prompt is empty.");
    } catch (const std::runtime_error& error) {
        parsed.problem = "Line " + std::to_string(number) + " cannot be used: " + error.what();
    }
    return parsed;
}

} // namespace inglenook
