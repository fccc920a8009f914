/// modules.json of a sentence-transformers folder: a list of modules, each with the path of its
/// class and the folder where its files are.
#pragma once

#include <filesystem>
#include <vector>

#include "embed/vector_module.h"
#include "kindred/result.h"

namespace kindred::embed {

/// In their order. A module's folder lies inside the model's.
Result<std::vector<ModuleFolder>> read_modules(const std::filesystem::path& folder);

}  // namespace kindred::embed
