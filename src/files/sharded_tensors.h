/// Tensors of a model that is published in several files: `model.safetensors.index.json` beside
/// `model-00001-of-00003.safetensors` and its sisters.
///
/// The index is a JSON object whose "weight_map" names the shard of each tensor:
/// `{"metadata": {...}, "weight_map": {"layer.0.weight": "model-00001-of-00003.safetensors"}}`.
/// Shards lie in the index's own folder. Every shard that is named is opened and checked; index and
/// shards may not contradict each other: a shard that is missing, a tensor that is not where the
/// map says, a tensor in two shards, or a shard's name that leads out of the folder is an error. A
/// tensor of a shard that the map leaves out is there all the same, as it is for the reference.
///
/// Thread safety and cost: those of the shards together.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::files {

/// Shard by tensor, as an index says it. Shards are names of files, not paths.
using ShardMap = std::map<std::string, std::string, std::less<>>;

/// Reads an index of at least one tensor. `name` is its file's, for messages.
Result<ShardMap> parse_shard_index(std::string_view text, std::string_view name);

class ShardedTensors final : public TensorSource {
 public:
  using OpenShard =
      Result<std::unique_ptr<const TensorSource>> (*)(const std::filesystem::path& path);

  static Result<ShardedTensors> open(const std::filesystem::path& index, OpenShard open_shard);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  /// The index, then the shards by name.
  std::vector<std::span<const std::byte>> contents() const override;

 private:
  base::MappedFile index_;
  std::vector<std::unique_ptr<const TensorSource>> shards_;
  std::vector<StoredTensor> tensors_;
};

}  // namespace kindred::files
