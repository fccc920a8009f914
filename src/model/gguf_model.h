/// A model in one GGUF file: its configuration and its tensors under the names and in the shapes
/// that Hugging Face's folders have, so that families needn't know of it.
///
/// An architecture (`general.architecture`) is one row of the table in gguf_model.cpp: the family
/// that reads it, and what the tensors are called. llama.cpp stores the rows of Llama's queries and
/// keys in another order (its rotation turns neighbours); they are put back, which copies them.
///
/// Thread safety: as files/gguf.h.
#pragma once

#include <filesystem>

#include "kindred/result.h"
#include "model/config.h"
#include "model/weight_files.h"

namespace kindred::model {

/// Whether a model's path is such a file, by its name.
bool is_gguf(const std::filesystem::path& path);

/// What config.json would say. An architecture that we don't have is an error that lists those we
/// have.
Result<Config> read_gguf_config(const std::filesystem::path& path);

Result<WeightsFile> open_gguf_weights(const std::filesystem::path& path);

/// The configuration of a model: config.json of a folder, or that of a GGUF file.
Result<Config> read_model_config(const std::filesystem::path& model);

}  // namespace kindred::model
