#include "ingest/file_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/system_error.h"

namespace kindred::ingestion {
namespace {

/// Text has no NUL byte; archives, images and programs have one early.
constexpr std::size_t kLookedAt = 8192;

Result<bool> is_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::system_error(path, "cannot open", errno);
  std::array<char, kLookedAt> start;
  file.read(start.data(), start.size());
  const auto end = start.begin() + file.gcount();
  return std::find(start.begin(), end, '\0') == end;
}

bool is_hidden(const std::filesystem::path& path) {
  return path.filename().string().starts_with('.');
}

Result<void> walk(const std::filesystem::path& folder, FileList& list) {
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator entry(folder, failed);
  const std::filesystem::recursive_directory_iterator end;
  while (!failed && entry != end) {
    if (is_hidden(entry->path()))
      entry.disable_recursion_pending();
    else if (std::error_code unknown; entry->is_regular_file(unknown))
      found.push_back(entry->path().lexically_normal());
    entry.increment(failed);
  }
  if (failed) return base::system_error(folder, "cannot read the folder", failed.value());
  std::ranges::sort(found, {}, [](const auto& path) { return path.native(); });
  for (auto& path : found) {
    if (KINDRED_TRY(is_text(path)))
      list.files.push_back(std::move(path));
    else
      ++list.skipped;
  }
  return {};
}

}  // namespace

Result<FileList> list_files(std::span<const std::filesystem::path> named) {
  FileList list;
  for (const auto& path : named) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status))
      return base::system_error(path, "cannot open", failed ? failed.value() : ENOENT);
    if (std::filesystem::is_directory(status)) {
      KINDRED_TRY(walk(path, list));
      continue;
    }
    if (!std::filesystem::is_regular_file(status))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: is neither a file nor a folder", path.string()));
    if (!KINDRED_TRY(is_text(path)))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: is not text: it has a NUL byte in its first {} bytes",
                              path.string(), kLookedAt));
    list.files.push_back(path.lexically_normal());
  }
  return list;
}

}  // namespace kindred::ingestion
