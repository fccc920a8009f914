/// Tensors in a file of torch.save: `pytorch_model.bin`.
///
/// A file is a zip archive without compression: NAME/data.pkl, a pickle that says what there is,
/// and NAME/data/0, 1, ..., the storages in which tensors lie. The pickle is described, not run
/// (pickle.h): it may name the few functions that put tensors together, and the types of storages,
/// and nothing else. So a file from a stranger can be wrong, but it can't do anything.
///
/// Its root is a dictionary from names to tensors, as the state_dict of a model is; entries that
/// are no tensors are left out. A tensor that lies in its storage row by row stays mapped; one with
/// other strides (a transposed view) is copied. Files of before PyTorch 1.6 are no archives, and
/// are refused.
///
/// Thread safety: immutable; read from any thread. Cost: linear in the pickle; a tensor's bytes are
/// read from the disk on first touch.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::files {

class TorchWeights final : public TensorSource {
 public:
  static Result<TorchWeights> open(const std::filesystem::path& path);
  /// Reads bytes that the caller keeps alive. `name` is the file's, for messages.
  static Result<TorchWeights> parse(std::span<const std::byte> file, std::string_view name);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return {bytes_}; }

 private:
  base::MappedFile file_;  // empty where parse() was given the bytes
  std::span<const std::byte> bytes_;
  std::vector<StoredTensor> tensors_;
  std::deque<std::vector<std::byte>> copied_;  // of tensors with other strides
};

}  // namespace kindred::files
