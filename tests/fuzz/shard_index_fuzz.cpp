/// Any bytes as the index of a model's shards: an error of one line, or shards that are files of
/// their folder.
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "files/sharded_tensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto map = kindred::files::parse_shard_index(text, "fuzz.json");
  if (!map) {
    if (map.error().message.empty() || map.error().message.contains('\n')) std::abort();
    return 0;
  }
  if (map->empty()) std::abort();
  for (const auto& [tensor, shard] : *map) {
    const std::filesystem::path path(shard);
    if (shard == "." || shard == ".." || !path.has_filename() || path.has_parent_path() ||
        path.is_absolute())
      std::abort();
  }
  return 0;
}
