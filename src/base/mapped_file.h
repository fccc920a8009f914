/// A file's bytes as memory, read by the kernel on first touch and shared by every process that
/// maps it.
///
/// The map is private and read-only: writing to it is not possible. Kindred replaces files by
/// rename and never shortens one, so a map stays whole. If another program cuts the file short,
/// touching what is gone raises SIGBUS: a library can't turn that into an error, so it documents it
/// here; the program `kindred` ends with one clear line.
///
/// Thread safety: read from any thread. Cost: opening is a few system calls, whatever the size.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "kindred/result.h"

namespace kindred::base {

class MappedFile {
 public:
  /// An empty file maps to an empty span. A folder, a pipe or a missing file is an error that names
  /// the path.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Tells the system that `part` of the bytes will be read here and there: it then brings the page
  /// that is touched and none beside it, so that memory is not filled with what nobody asked for.
  void expect_scattered_reads(std::span<const std::byte> part) const;

 private:
  MappedFile(const std::byte* data, std::size_t size) : data_(data), size_(size) {}
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace kindred::base
