#include "user_folder.h"

#include <fmt/format.h>

#include <cstdlib>

namespace kindred::cli {
namespace {

/// A variable of the environment; empty where it is not set.
std::string value_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Result<std::filesystem::path> user_folder(const std::string& option, std::string_view option_name,
                                          const char* variable, std::string_view leaf) {
  if (!option.empty()) return option;
  if (auto folder = value_of(variable); !folder.empty()) return folder;
  if (auto folder = value_of("XDG_DATA_HOME"); !folder.empty())
    return std::filesystem::path(folder) / "kindred" / leaf;
  if (const auto home = value_of("HOME"); !home.empty())
    return std::filesystem::path(home) / ".local" / "share" / "kindred" / leaf;
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("no folder for {}: give {}, or set {} or HOME", leaf, option_name, variable));
}

}  // namespace kindred::cli
