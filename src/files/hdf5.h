/// The arrays of an HDF5 file, by their paths: "CNN/W_cnn_0".
///
/// The part of the format that h5py and Keras write by default is read: superblock 0 or 1, groups
/// that are symbol tables, arrays that are contiguous, compact, or chunks packed with deflate and
/// shuffle (HDF5 File Format Specification 3.0, sections II to IV). Arrays of IEEE numbers of 16,
/// 32 and 64 bits become tensors, others are left out; what the file has in another way (links to
/// other places, external files, other filters, the newer groups) is an error that names it.
///
/// The reader is our own, since libhdf5 doesn't survive damaged files
/// (docs/design/dependencies.md). Every address and count is checked against the file, trees can't
/// go in circles, and what chunks unpack to is bounded by the array's own size and by 1032 times
/// the file's.
///
/// Thread safety: immutable; read from any thread. Cost: linear in the description; contiguous
/// little-endian arrays stay mapped, others are copied.
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

class Hdf5 final : public TensorSource {
 public:
  static Result<Hdf5> open(const std::filesystem::path& path);
  /// Reads bytes that the caller keeps alive. `name` is the file's, for messages.
  static Result<Hdf5> parse(std::span<const std::byte> file, std::string_view name);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return {bytes_}; }

 private:
  class Reader;
  base::MappedFile file_;  // empty where parse() was given the bytes
  std::span<const std::byte> bytes_;
  std::vector<StoredTensor> tensors_;
  std::deque<std::vector<std::byte>> copied_;  // of arrays that don't lie in the file as they are
};

}  // namespace kindred::files
