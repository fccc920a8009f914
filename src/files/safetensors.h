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
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/mapped_file.h"
#include "kindred/result.h"

namespace kindred::files {

/// In the order of the reference library, which writes tensors of later types first so that each
/// lies on a multiple of its values' size.
enum class DataType : std::uint8_t {
  boolean,
  u8,
  i8,
  f8_e5m2,
  f8_e4m3,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  f64,
  i64,
  u64,
};

/// As files spell it: "F32", "BF16".
std::string_view name_of(DataType type);
std::size_t bytes_of(DataType type);

/// A tensor as it lies in somebody's memory: row-major, little-endian, product(shape) values. It
/// may start on any byte, so don't read values through a cast pointer: see copy_as_f32().
struct StoredTensor {
  std::string name;
  DataType type = DataType::f32;
  std::vector<std::size_t> shape;  ///< no axes: one value
  std::span<const std::byte> bytes;

  std::size_t size() const { return bytes.size() / bytes_of(type); }  ///< values
};

class SafeTensors {
 public:
  static Result<SafeTensors> open(const std::filesystem::path& path);
  /// Reads bytes that the caller keeps alive. `name` is the file's, for messages.
  static Result<SafeTensors> parse(std::span<const std::byte> file, std::string_view name);

  /// Sorted by name.
  std::span<const StoredTensor> tensors() const { return tensors_; }
  /// Nothing where no tensor has this name.
  const StoredTensor* find(std::string_view name) const;
  /// What the writer noted beside the tensors.
  const std::map<std::string, std::string, std::less<>>& metadata() const { return metadata_; }
  /// The whole file: header and tensors (to hash it).
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  base::MappedFile file_;  // empty where parse() was given the bytes
  std::span<const std::byte> bytes_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string, std::less<>> metadata_;
};

/// The values of a float tensor as float32, wherever they lie: F32 as it is, F16 and BF16 widened
/// (exactly), F64 rounded to nearest. `out` has tensor.size() values. Another type is
/// ErrorCode::unsupported and named.
Result<void> copy_as_f32(const StoredTensor& tensor, std::span<float> out);

/// Writes what the reference library would write of the same tensors and metadata: tensors ordered
/// by type, then name, the header padded with blanks to a multiple of 8 bytes; metadata sorted by
/// key. The file is replaced atomically. Names must be distinct, none "__metadata__", and each
/// tensor as large as its shape and type say.
Result<void> write_safetensors(
    base::FileSystem& files, const std::filesystem::path& path,
    std::span<const StoredTensor> tensors,
    const std::map<std::string, std::string, std::less<>>& metadata = {});

}  // namespace kindred::files
