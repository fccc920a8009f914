/// Which token of a tokenizer's folder plays a part that models ask for by name: "mask_token",
/// "eos_token".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::embed {

/// As tokenizer_config.json or special_tokens_map.json say it; nothing where neither does.
Result<std::optional<std::string>> read_special_token(const std::filesystem::path& folder,
                                                      std::string_view part);

}  // namespace kindred::embed
