#include "embed/modules_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "model/config.h"

namespace kindred::embed {

using nlohmann::json;

namespace {

/// A module's folder stays inside the model's.
bool is_inside(const std::filesystem::path& path) {
  return path.is_relative() && std::ranges::find(path, "..") == path.end();
}

}  // namespace

Result<std::vector<ModuleFolder>> read_modules(const std::filesystem::path& folder) {
  const auto path = folder / "modules.json";
  // modules.json is an array, which Config, a reader of objects, does not take.
  const json modules = KINDRED_TRY(model::read_json(path));
  if (!modules.is_array())
    return fail(ErrorCode::corrupt, fmt::format("{}: is not a list of modules", path.string()));
  std::vector<ModuleFolder> found;
  for (const json& module : modules) {
    const auto text = [&](const char* field) -> const std::string* {
      const auto value = module.is_object() ? module.find(field) : module.end();
      return module.is_object() && value != module.end() ? value->get_ptr<const std::string*>()
                                                         : nullptr;
    };
    const std::string* type = text("type");
    const std::string* place = text("path");
    if (type == nullptr || place == nullptr || !is_inside(*place))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: module {} has no \"type\" and \"path\" inside the folder",
                              path.string(), found.size()));
    const bool here = place->empty() || *place == ".";
    found.push_back({type->substr(type->rfind('.') + 1), here ? folder : folder / *place});
  }
  return found;
}

}  // namespace kindred::embed
