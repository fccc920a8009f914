/// The parts of an HDF5 file: bytes at addresses, and what the header of an object says.
///
/// (HDF5 File Format Specification 3.0: II superblock, III.A B-trees, III.B symbol tables, III.D
/// heaps, IV object headers.) Every read is checked against the file; errors are of one line and
/// name the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/data_type.h"
#include "kindred/result.h"

namespace kindred::files {

/// "There is none", as an address.
inline constexpr std::uint64_t kHdf5Nowhere = ~std::uint64_t{0};

/// A file's bytes, from the superblock on.
class Hdf5Bytes {
 public:
  Hdf5Bytes(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  std::size_t size() const { return bytes_.size(); }
  const std::string& name() const { return name_; }
  Result<std::span<const std::byte>> at(std::uint64_t address, std::uint64_t count) const;
  std::unexpected<Error> corrupt(std::string_view problem) const;
  std::unexpected<Error> unsupported(std::string_view problem) const;

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

/// Little-endian numbers, one after the other; none beyond the end.
class Hdf5Cursor {
 public:
  Hdf5Cursor(const Hdf5Bytes& file, std::span<const std::byte> bytes)
      : file_(file), bytes_(bytes) {}

  std::size_t rest() const { return bytes_.size(); }
  /// A number of up to 8 bytes.
  Result<std::uint64_t> number(std::size_t size);
  Result<std::span<const std::byte>> take(std::size_t size);

 private:
  const Hdf5Bytes& file_;
  std::span<const std::byte> bytes_;
};

/// A group's tree of members, and the heap of their names.
struct Hdf5Group {
  std::uint64_t tree = kHdf5Nowhere;
  std::uint64_t heap = kHdf5Nowhere;
};

/// Where an array's values lie.
struct Hdf5Layout {
  enum class Kind : std::uint8_t { compact, contiguous, chunked };
  Kind kind = Kind::contiguous;
  std::span<const std::byte> values;      ///< of a compact one
  std::uint64_t address = kHdf5Nowhere;   ///< of the values, or of the tree of chunks
  std::uint64_t size = 0;                 ///< of a contiguous one, in bytes
  std::vector<std::uint64_t> chunk = {};  ///< its axes
};

/// A type of numbers: an IEEE one in either byte order.
struct Hdf5Number {
  DataType type = DataType::f32;
  bool big_endian = false;
};

/// How chunks are packed, from the first to the last.
enum class Hdf5Filter : std::uint8_t { deflate, shuffle };

/// What the header of an object says: a group, an array, or neither.
struct Hdf5Object {
  std::optional<Hdf5Group> group;
  std::optional<std::vector<std::size_t>> shape;
  std::optional<Hdf5Number> number;  ///< nothing where the array is of something else
  std::optional<Hdf5Layout> layout;
  std::vector<Hdf5Filter> filters;
  std::string problem;  ///< why the array can't be read; empty: it can
};

Result<Hdf5Object> read_hdf5_object(const Hdf5Bytes& file, std::uint64_t address);

}  // namespace kindred::files
