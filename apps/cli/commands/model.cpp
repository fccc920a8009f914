/// kindred model: what a model's folder holds.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "kindred/embedder.h"
#include "model_folder.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  bool json = false;
};

Result<void> show(const Options& options) {
  const auto folder = KINDRED_TRY(model_folder(options.model));
  const Embedder embedder = KINDRED_TRY(Embedder::open(folder));
  const ModelDescription& model = embedder.describe();
  const nlohmann::ordered_json fields = {{"folder", folder.string()},
                                         {"family", model.family},
                                         {"parameters", model.parameters},
                                         {"layers", model.layers},
                                         {"heads", model.heads},
                                         {"dimensions", model.dimensions},
                                         {"vocabulary", model.vocabulary},
                                         {"max_tokens", model.max_tokens},
                                         {"pooling", model.pooling},
                                         {"normalize", model.normalize},
                                         {"prompts", model.prompts},
                                         {"default_prompt", model.default_prompt},
                                         {"hash", model.hash},
                                         {"notes", model.notes}};
  if (options.json) {
    fmt::print("{}\n", fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return {};
  }
  for (const auto& [name, value] : fields.items())
    if (value.is_primitive() && value != "")
      fmt::print("{:<16}{}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
  for (const auto& [name, prompt] : model.prompts)
    fmt::print("{:<16}{}: {}\n", "prompt", name, nlohmann::json(prompt).dump());
  for (const std::string& note : model.notes) fmt::print("{:<16}{}\n", "note", note);
  return {};
}

}  // namespace

void add_model(CLI::App& program, Action& action) {
  auto* command = program.add_subcommand("model", "Look at models");
  command->require_subcommand(1);
  auto* show_command =
      command->add_subcommand("show", "What a model is: family, size, pooling, window, hash");
  auto options = std::make_shared<Options>();
  show_command
      ->add_option("model", options->model.model,
                   "Model: its folder, or its name under the models folder")
      ->required()
      ->type_name("MODEL");
  add_models_option(*show_command, options->model);
  show_command->add_flag("--json", options->json, "Print JSON");
  show_command->footer("Example:\n  kindred model show all-MiniLM-L6-v2");
  show_command->callback([options, &action] { action = [options] { return show(*options); }; });
}

}  // namespace kindred::cli
