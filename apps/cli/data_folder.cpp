#include "data_folder.h"

#include <fmt/format.h>

#include <cstdlib>

namespace kindred::cli {
namespace {

/// A variable of the environment; empty where it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::filesystem::path> data_folder(const std::string& data) {
  if (!data.empty()) return data;
  if (const auto folder = variable("KINDRED_DATA"); !folder.empty()) return folder;
  if (const auto folder = variable("XDG_DATA_HOME"); !folder.empty())
    return std::filesystem::path(folder) / "kindred" / "collections";
  if (const auto home = variable("HOME"); !home.empty())
    return std::filesystem::path(home) / ".local" / "share" / "kindred" / "collections";
  return fail(ErrorCode::invalid_argument,
              "no folder for collections: give --data, or set KINDRED_DATA or HOME");
}

}  // namespace

void add_data_option(CLI::App& command, std::string& data) {
  command
      .add_option("--data", data,
                  "Folder of the collections (else $KINDRED_DATA, else the user's data folder)")
      ->type_name("DIR");
}

Result<std::filesystem::path> collection_folder(const std::string& data, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    return fail(ErrorCode::invalid_argument,
                fmt::format("\"{}\" can't be the name of a collection: it names a folder, without "
                            "a slash",
                            name));
  return KINDRED_TRY(data_folder(data)) / name;
}

}  // namespace kindred::cli
