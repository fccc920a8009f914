/// Where collections live: a folder of folders, one a collection.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "kindred/result.h"

namespace kindred::cli {

/// Declares --data; what the user gave ends in `data`.
void add_data_option(CLI::App& command, std::string& data);

/// The folder of a collection: under `data` where given, else under $KINDRED_DATA, else under
/// kindred/collections in the user's data folder ($XDG_DATA_HOME or ~/.local/share). A name is one
/// path component: "news", not "a/b" or "..".
Result<std::filesystem::path> collection_folder(const std::string& data, const std::string& name);

}  // namespace kindred::cli
