#include "prompt_choice.h"

namespace kindred::cli {

void add_prompt_options(CLI::App& command, PromptChoice& choice) {
  auto* role = command
                   .add_option("--role", choice.role,
                               "What the texts are to a search; chooses the model's prompt for it, "
                               "where it has one (plain: its default prompt)")
                   ->check(CLI::IsMember({"plain", "query", "document"}))
                   ->capture_default_str();
  auto* name = command
                   .add_option("--prompt-name", choice.name,
                               "One of the model's prompts (kindred model show lists them)")
                   ->type_name("NAME")
                   ->excludes(role);
  command.add_option("--prompt", choice.text, "Put this before each text, instead of a prompt")
      ->type_name("TEXT")
      ->excludes(role)
      ->excludes(name);
}

TextRole role_of(const PromptChoice& choice) {
  if (choice.role == "plain") return TextRole::plain;
  return choice.role == "query" ? TextRole::query : TextRole::document;
}

void set_prompt(const PromptChoice& choice, EmbedOptions& options) {
  options.role = role_of(choice);
  options.prompt_name = choice.name;
  options.prompt = choice.text;
}

}  // namespace kindred::cli
