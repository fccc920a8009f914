#include "files/sharded_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/file_system.h"
#include "files/excerpt.h"

namespace kindred::files {
namespace {

/// Models of a thousand shards have indexes of some megabytes.
constexpr std::size_t kLargestIndex = std::size_t{64} << 20;

/// A file of the folder itself, on every system.
bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\:\0", 4)) == std::string_view::npos;
}

}  // namespace

Result<ShardMap> parse_shard_index(std::string_view text, std::string_view name) {
  const auto broken = [&](std::string_view problem) {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name, problem));
  };
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return broken("is not valid JSON");
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
    return broken("has no \"weight_map\" that names the shard of each tensor");
  ShardMap map;
  for (const auto& [tensor, shard] : json["weight_map"].items()) {
    if (!shard.is_string())
      return broken(fmt::format("the shard of tensor \"{}\" is not text", excerpt(tensor)));
    const auto& file = shard.get_ref<const std::string&>();
    if (!is_file_name(file))
      return broken(
          fmt::format("the shard \"{}\" of tensor \"{}\" is not the name of a file of its folder",
                      excerpt(file), excerpt(tensor)));
    map.emplace(tensor, file);
  }
  if (map.empty()) return broken("its \"weight_map\" is empty");
  return map;
}

Result<ShardedTensors> ShardedTensors::open(const std::filesystem::path& index,
                                            OpenShard open_shard) {
  ShardedTensors result;
  result.index_ = KINDRED_TRY(base::real_file_system().map(index));
  const auto bytes = result.index_.bytes();
  if (bytes.size() > kLargestIndex)
    return fail(ErrorCode::corrupt, fmt::format("{}: has {} bytes, {} are the limit",
                                                index.string(), bytes.size(), kLargestIndex));
  const ShardMap map = KINDRED_TRY(parse_shard_index(
      {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, index.string()));

  std::set<std::string_view> files;
  for (const auto& [tensor, file] : map) files.insert(file);
  std::map<std::string_view, std::string_view> shard_of;  // what lies where
  for (const std::string_view file : files) {
    auto shard = open_shard(index.parent_path() / file);
    if (!shard) {
      if (shard.error().code != ErrorCode::not_found) return std::unexpected(shard.error());
      return fail(ErrorCode::not_found,
                  fmt::format("{}: its shard \"{}\" is missing", index.string(), excerpt(file)));
    }
    for (const StoredTensor& tensor : (*shard)->tensors()) {
      const auto [other, is_new] = shard_of.emplace(tensor.name, file);
      if (!is_new)
        return fail(
            ErrorCode::corrupt,
            fmt::format("{}: tensor \"{}\" lies in two shards, \"{}\" and \"{}\"", index.string(),
                        excerpt(tensor.name), excerpt(other->second), excerpt(file)));
      result.tensors_.push_back(tensor);
    }
    result.shards_.push_back(std::move(*shard));
  }
  for (const auto& [tensor, file] : map) {
    const auto found = shard_of.find(tensor);
    if (found == shard_of.end() || found->second != file)
      return fail(ErrorCode::corrupt, fmt::format("{}: tensor \"{}\" is not in its shard \"{}\"",
                                                  index.string(), excerpt(tensor), excerpt(file)));
  }
  std::ranges::sort(result.tensors_, {}, &StoredTensor::name);
  return result;
}

std::vector<std::span<const std::byte>> ShardedTensors::contents() const {
  std::vector<std::span<const std::byte>> all = {index_.bytes()};
  for (const auto& shard : shards_) std::ranges::copy(shard->contents(), std::back_inserter(all));
  return all;
}

}  // namespace kindred::files
