#include "model_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

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

Result<std::filesystem::path> models_folder(const ModelChoice& choice) {
  return user_folder(choice.models, "--models", "KINDRED_MODELS", "models");
}

namespace {

/// Those of this name that stand in the folders of organisations.
std::vector<std::filesystem::path> in_organisations(const std::filesystem::path& models,
                                                    const std::string& name) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(models, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored) && std::filesystem::is_directory(at->path() / name, ignored))
      found.push_back(at->path() / name);
  }
  std::ranges::sort(found);
  return found;
}

/// A folder that holds one GGUF file and no configuration stands for that file.
std::filesystem::path file_or_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder / "config.json", error) ||
      std::filesystem::exists(folder / "modules.json", error))
    return folder;
  std::filesystem::path found;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() != ".gguf") continue;
    if (!found.empty()) return folder;
    found = at->path();
  }
  return found.empty() ? folder : found;
}

Result<std::filesystem::path> find_model(const ModelChoice& choice) {
  std::error_code ignored;
  if (!choice.model.empty() && std::filesystem::exists(choice.model, ignored)) return choice.model;
  const auto models = KINDRED_TRY(models_folder(choice));
  auto folder = models / choice.model;
  if (!choice.model.empty()) {
    if (std::filesystem::exists(folder, ignored)) return folder;
    // openai/cl100k_base is a file.
    auto encoding = folder;
    encoding += ".tiktoken";
    if (std::filesystem::exists(encoding, ignored)) return encoding;
    if (choice.model.find('/') == std::string::npos) {
      const auto found = in_organisations(models, choice.model);
      if (found.size() == 1) return found.front();
      if (found.size() > 1)
        return fail(ErrorCode::invalid_argument,
                    fmt::format("model \"{}\" may be {} or {}", choice.model, found[0].string(),
                                found[1].string()));
    }
  }
  return fail(ErrorCode::not_found,
              fmt::format("no model \"{}\": neither a folder of that name nor {} exists",
                          choice.model, folder.string()));
}

}  // namespace

Result<std::filesystem::path> model_folder(const ModelChoice& choice) {
  return file_or_folder(KINDRED_TRY(find_model(choice)));
}

}  // namespace kindred::cli
