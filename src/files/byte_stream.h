/// The bytes of a file from its first to its last, unpacked where it is packed: plain, gzip
/// (RFC 1952) or xz, told apart by how it begins, not by its name.
///
/// Several packed streams behind each other are one, as gunzip and unxz have it. A packed file that
/// ends early, or is damaged, is an error that names it; so is one of xz that needs more than
/// kMostMemory to be unpacked.
///
/// Thread safety: one thread at a time. Cost: bounded memory, whatever the file's size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "kindred/result.h"

namespace kindred::files {

class ByteStream {
 public:
  static constexpr std::size_t kMostMemory = std::size_t{256} << 20;

  /// "-" is standard input. A folder is an error.
  static Result<std::unique_ptr<ByteStream>> open(const std::filesystem::path& path);
  virtual ~ByteStream() = default;

  /// Fills `out` from its front; how many bytes it got: fewer than its size at the end alone.
  virtual Result<std::size_t> read(std::span<char> out) = 0;
  /// Bytes of the file that were read so far, packed as they are there: for progress.
  virtual std::uint64_t bytes_read() const = 0;
};

/// Bytes of a file as it lies on the disk; 0 where that is not known.
std::uint64_t size_on_disk(const std::filesystem::path& path);

}  // namespace kindred::files
