/// Named tensors in a file: the `.safetensors` format, in which models are published.
///
/// A file is the length of its header (u64, little-endian), the header as a JSON object, and the
/// tensors' bytes:
/// `{"bias": {"dtype": "F32", "shape": [384], "data_offsets": [0, 1536]}, "__metadata__": {...}}`.
/// Nothing in it is code, and everything can be checked before a byte of a tensor is touched. The
/// specification is https://github.com/huggingface/safetensors#format
///
/// open() maps the file and accepts what the reference library accepts: the tensors' bytes, in the
/// order of their offsets, cover everything after the header without holes or overlaps; each has
/// as many bytes as its shape and type say; names are distinct; the header is at most 100 MB.
///
/// Thread safety: immutable; read from any thread. Cost: linear in the header; a tensor's bytes are
/// read from the disk on first touch (see MappedFile for a file that shrinks meanwhile).
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/mapped_file.h"
#include "files/tensor_source.h"
#include "kindred/result.h"

namespace kindred::files {

class SafeTensors final : public TensorSource {
 public:
  static Result<SafeTensors> open(const std::filesystem::path& path);
  /// Reads bytes that the caller keeps alive. `name` is the file's, for messages.
  static Result<SafeTensors> parse(std::span<const std::byte> file, std::string_view name);

  std::span<const StoredTensor> tensors() const override { return tensors_; }
  std::vector<std::span<const std::byte>> contents() const override { return {bytes_}; }
  /// What the writer noted beside the tensors.
  const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }

 private:
  base::MappedFile file_;  // empty where parse() was given the bytes
  std::span<const std::byte> bytes_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// Writes what the reference library would write of the same tensors and metadata: tensors ordered
/// by type, then name, the header padded with blanks to a multiple of 8 bytes; metadata sorted by
/// key. The file is replaced atomically. Names must be distinct, none "__metadata__", and each
/// tensor as large as its shape and type say.
Result<void> write_safetensors(
    base::FileSystem& files, const std::filesystem::path& path,
    std::span<const StoredTensor> tensors,
    const std::map<std::string, std::string, std::less<>>& metadata = {});

}  // namespace kindred::files
