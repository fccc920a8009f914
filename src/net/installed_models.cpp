#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/file_system.h"
#include "base/system_error.h"
#include "kindred/hub.h"
#include "net/pull_record.h"

namespace kindred {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestConfig = std::size_t{64} << 20;

/// A folder's GGUF file; empty: it has none, or several.
fs::path gguf_in(const fs::path& folder) {
  fs::path found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".gguf") continue;
    if (!found.empty()) return {};
    found = at->path();
  }
  return found;
}

bool is_model(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "config.json", ignored) ||
         fs::exists(folder / "modules.json", ignored) || !gguf_in(folder).empty();
}

std::string family_of(const fs::path& folder) {
  const auto text = base::read_file(folder / "config.json", kLargestConfig);
  if (!text) return gguf_in(folder).empty() ? "" : "gguf";
  const auto config = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto type = config.is_object() ? config.find("model_type") : config.end();
  return config.is_object() && type != config.end() && type->is_string() ? type->get<std::string>()
                                                                         : std::string();
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (!at->is_regular_file(ignored)) continue;
    const auto size = at->file_size(ignored);
    if (!ignored) bytes += size;
  }
  return bytes;
}

}  // namespace

Result<std::vector<InstalledModel>> installed_models(const fs::path& models) {
  std::vector<InstalledModel> found;
  // What can't be looked into holds no model; hidden folders are pulls under way.
  const auto for_each_folder = [](const fs::path& folder, std::error_code& error,
                                  const auto& body) {
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      std::error_code ignored;
      if (at->is_directory(ignored) && !at->path().filename().string().starts_with('.'))
        body(at->path());
    }
  };
  const auto add = [&](const fs::path& folder) {
    InstalledModel model{.name = folder.lexically_relative(models).generic_string(),
                         .family = family_of(folder),
                         .bytes = bytes_in(folder),
                         .revision = {},
                         .commit = {}};
    if (const auto record = net::read_record(folder)) {
      model.revision = record->revision;
      model.commit = record->commit;
    }
    found.push_back(std::move(model));
  };
  std::error_code error;
  for_each_folder(models, error, [&](const fs::path& folder) {
    if (is_model(folder)) return add(folder);
    std::error_code ignored;
    for_each_folder(folder, ignored, [&](const fs::path& inner) {
      if (is_model(inner)) add(inner);
    });
  });
  if (error && error != std::errc::no_such_file_or_directory)
    return base::system_error(models, "cannot list", error.value());
  std::ranges::sort(found, {}, &InstalledModel::name);
  return found;
}

}  // namespace kindred
