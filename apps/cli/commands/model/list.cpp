/// kindred model list: the models that are here.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands/model/parts.h"
#include "kindred/hub.h"
#include "model_folder.h"
#include "quantities.h"

namespace kindred::cli {
namespace {

struct Options {
  ModelChoice model;
  bool json = false;
};

Result<void> list(const Options& options) {
  const auto folder = KINDRED_TRY(models_folder(options.model));
  const auto models = KINDRED_TRY(installed_models(folder));
  std::size_t longest = 0;
  for (const InstalledModel& model : models) longest = std::max(longest, model.name.size());
  for (const InstalledModel& model : models) {
    if (options.json) {
      const nlohmann::ordered_json line = {{"name", model.name},
                                           {"family", model.family},
                                           {"bytes", model.bytes},
                                           {"revision", model.revision},
                                           {"commit", model.commit}};
      fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      fmt::print("{:<{}}  {:<14} {:>15}  {}\n", model.name, longest, model.family,
                 with_thousands(model.bytes), model.revision);
    }
  }
  if (models.empty()) fmt::print(stderr, "kindred: no models in {}\n", folder.string());
  return {};
}

}  // namespace

void add_model_list(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("list", "The models in the models folder");
  auto options = std::make_shared<Options>();
  add_models_option(*command, options->model);
  command->add_flag("--json", options->json, "Print a JSON object a line");
  command->footer(
      "Prints a line a model: its name, its family, its bytes and, where it was pulled, the "
      "revision.");
  command->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace kindred::cli
