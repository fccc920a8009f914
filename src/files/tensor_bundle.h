/// A checkpoint of TensorFlow: `variables.index`, a sorted table of the tensors, and
/// `variables.data-00000-of-00001` and so on, their values.
///
/// The table (sorted_table.h) has under the empty name how many data files there are, and for each
/// tensor its type, shape, file, place and checksum (tensorflow/core/protobuf/tensor_bundle.proto).
/// Numbers become tensors; texts are read by texts(); tensors of other types and those that were
/// cut into slices are left out, and no variable of theirs is found. Places are checked against the
/// files, and each tensor's checksum when the bundle is opened, which reads it all once.
///
/// Thread safety: immutable; read from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::files {

class TensorBundle final : public TensorSource {
 public:
  /// `prefix`: the files' names up to ".index".
  static Result<TensorBundle> open(const std::filesystem::path& prefix);
  /// Of bytes that the caller keeps alive. `name` is the index file's, for messages.
  static Result<TensorBundle> parse(std::span<const std::byte> index,
                                    std::span<const std::span<const std::byte>> data,
                                    std::string_view name);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return contents_; }

  /// The one text of a tensor of texts; nothing where there is no such tensor of one text.
  const std::string_view* text(std::string_view name) const;

 private:
  std::vector<base::MappedFile> files_;  // empty where parse() was given the bytes
  std::vector<std::span<const std::byte>> contents_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string_view, std::less<>> texts_;
};

}  // namespace kindred::files
