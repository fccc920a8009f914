#include "data_folder.h"

#include <fmt/format.h>

#include "user_folder.h"

namespace kindred::cli {
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
  return KINDRED_TRY(user_folder(data, "--data", "KINDRED_DATA", "collections")) / name;
}

}  // namespace kindred::cli
