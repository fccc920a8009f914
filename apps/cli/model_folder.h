/// Where models live, and which one a command means.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "kindred/result.h"

namespace kindred::cli {

/// What the user said of the model.
struct ModelChoice {
  std::string model;   ///< a folder, or a name under the models folder
  std::string models;  ///< --models
};

/// Declares --models, and --model too.
void add_model_options(CLI::App& command, ModelChoice& choice, bool required = true);
void add_models_option(CLI::App& command, ModelChoice& choice);

/// The folder that --models, $KINDRED_MODELS or the user's data folder says.
Result<std::filesystem::path> models_folder(const ModelChoice& choice);

/// The folder of the model: `model` itself where it is a folder (or a file, for those who take
/// one), else `model` under models_folder(), or in the one folder in there that has a model of that
/// name ("all-MiniLM-L6-v2" of "sentence-transformers/all-MiniLM-L6-v2"). A folder with a GGUF file
/// alone stands for that file. An error names every place that was looked at.
Result<std::filesystem::path> model_folder(const ModelChoice& choice);

}  // namespace kindred::cli
