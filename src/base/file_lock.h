/// A lock that programs respect which ask for it: one at a time holds a file's lock, and loses it
/// when it ends, however it ends (flock).
///
/// Thread safety: one thread at a time; two locks of the same file exclude each other in one
/// program too.
#pragma once

#include <filesystem>
#include <optional>

#include "kindred/result.h"

namespace kindred::base {

class FileLock {
 public:
  /// Creates the file where it is missing; nothing where somebody else has it. The file stays.
  static Result<std::optional<FileLock>> take(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace kindred::base
