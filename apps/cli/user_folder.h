/// The one habit by which --models and --data find their folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::cli {

/// `option` where the user gave it, else the environment's `variable`, else `leaf` in the user's
/// data folder ($XDG_DATA_HOME/kindred or
/// ~/.local/share/kindred). Fails, naming option and variable, where none of them is known.
Result<std::filesystem::path> user_folder(const std::string& option, std::string_view option_name,
                                          const char* variable, std::string_view leaf);

}  // namespace kindred::cli
