#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/model_files/model_file.h"
#include "inference/text/chat_template.h"
#include "inference/text/tokenizer.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace inglenook {
namespace {

struct Options {
    ModelOptions model;
    std::string templateFile;
    std::string messagesFile;
};

nlohmann::json readMessages(const std::string& path)
{
    auto inputs = nlohmann::json::parse(readFile(path), nullptr, false);
    if (inputs.is_discarded() || !inputs.is_object() || !inputs.contains("messages"))
        throw std::runtime_error("The file " + path + " is not a JSON object with \"messages\".");
    return inputs;
}

/// What a model brings along, unless the messages file says otherwise.
std::string fromModel(const std::string& path, nlohmann::json& inputs)
{
    const auto file = openModelFile(path);
    const auto source = file->metadata().text("tokenizer.chat_template");
    if (!source)
        throw std::runtime_error("The file " + path +
                                 " has no chat template. Name one with --template.");
    const auto tokenizer = createTokenizer(file->metadata());
    const auto offer = [&](const char* key, Token token) {
        if (!inputs.contains(key) && token >= 0)
            inputs[key] = tokenizer->piece(token);
    };
    offer("bos_token", tokenizer->bos());
    offer("eos_token", tokenizer->eos());
    return *source;
}

void run(const Options& options)
{
    auto inputs = readMessages(options.messagesFile);
    if (options.model.path.empty() == options.templateFile.empty())
        throw std::runtime_error("Give either a model with -m or a template with --template.");
    const std::string source = options.templateFile.empty() ? fromModel(options.model.path, inputs)
                                                            : readFile(options.templateFile);
    const std::string text = ChatTemplate(source).render(inputs.dump());
    std::fwrite(text.data(), 1, text.size(), stdout);
}

} // namespace

void addTemplate(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command =
        nook.add_subcommand("template", "the prompt that a chat template makes of messages");
    addModelOptions(*command, options->model, false);
    command->add_option("--template", options->templateFile, "a Jinja file, instead of a model's");
    command->add_option("--messages", options->messagesFile, "a JSON object with \"messages\"")
        ->required();
    command->callback([options] { run(*options); });
}

} // namespace inglenook
