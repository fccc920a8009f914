/// Any bytes as a hub's list of files: an error of one line, or files that all lie inside a folder.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "net/hub_listing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto listing = kindred::net::parse_listing(
      std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  const auto& message = listing ? std::string("ok") : listing.error().message;
  if (message.empty() || message.contains('\n')) std::abort();
  if (!listing) return 0;
  for (const auto& file : listing->files) {
    const std::filesystem::path path(file.name);
    if (path.is_absolute() || path.filename() == "" || std::ranges::find(path, "..") != path.end())
      std::abort();
  }
  const auto chosen = kindred::net::choose_files(*listing, "fuzz");
  return chosen && chosen->size() > listing->files.size() ? -1 : 0;
}
