/// How long a text may be for a model's tokenizer.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "kindred/result.h"

namespace kindred::embed {

/// model_max_length of the folder's tokenizer_config.json, in tokens, special tokens counted;
/// nothing where it doesn't say one.
Result<std::optional<std::size_t>> read_tokenizer_window(const std::filesystem::path& folder);

}  // namespace kindred::embed
