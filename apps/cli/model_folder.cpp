#include "model_folder.h"

#include <fmt/format.h>

#include <system_error>

#include "user_folder.h"

namespace kindred::cli {

void add_models_option(CLI::App& command, ModelChoice& choice) {
  command
      .add_option("--models", choice.models,
                  "Folder of the models (else $KINDRED_MODELS, else the user's data folder)")
      ->type_name("DIR");
}

void add_model_options(CLI::App& command, ModelChoice& choice, bool required) {
  command
      .add_option("--model", choice.model, "Model: its folder, or its name under the models folder")
      ->type_name("MODEL")
      ->required(required);
  add_models_option(command, choice);
}

Result<std::filesystem::path> model_folder(const ModelChoice& choice) {
  std::error_code ignored;
  if (!choice.model.empty() && std::filesystem::exists(choice.model, ignored)) return choice.model;
  auto folder = KINDRED_TRY(user_folder(choice.models, "--models", "KINDRED_MODELS", "models")) /
                choice.model;
  if (!choice.model.empty()) {
    if (std::filesystem::exists(folder, ignored)) return folder;
    // openai/cl100k_base is a file.
    auto encoding = folder;
    encoding += ".tiktoken";
    if (std::filesystem::exists(encoding, ignored)) return encoding;
  }
  return fail(ErrorCode::not_found,
              fmt::format("no model \"{}\": neither a folder of that name nor {} exists",
                          choice.model, folder.string()));
}

}  // namespace kindred::cli
