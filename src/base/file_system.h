/// Everything that Kindred writes goes through a FileSystem, and every file that it maps, so that a
/// test can put a disk that fails in its place. (Small files are read with read_file() below,
/// streams of text with files/lines.h.)
///
/// real_file_system() is the machine's. The double of the tests
/// (tests/support/faulty_file_system.h) fails a chosen write, fills the disk, or forgets what was
/// not synced.
///
/// Errors name the path and the system's reason: `out.npy: cannot write: No space left on device`.
/// Thread safety: a FileSystem may be used from any thread, a WritableFile by one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "kindred/result.h"

namespace kindred::base {

/// A file being written. Buffered; what was written is on the disk only after
/// sync(). Destruction closes it without a sync. After a failure every later call fails too: how
/// much of the file is there is not known any more, so it must be written anew.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual Result<void> write(std::span<const std::byte> bytes) = 0;
  /// So many zeros; a file on a disk gets a hole, which takes no room there.
  virtual Result<void> write_zeros(std::uint64_t count);
  /// Hands everything to the disk (fsync).
  virtual Result<void> sync() = 0;

  Result<void> write(std::string_view text) { return write(std::as_bytes(std::span(text))); }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// Creates the file, or empties it where it exists.
  virtual Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) = 0;
  /// Goes on behind what the file holds; creates it where it is missing.
  virtual Result<std::unique_ptr<WritableFile>> append(const std::filesystem::path& path) = 0;
  virtual Result<MappedFile> map(const std::filesystem::path& path) = 0;
  /// Replaces `to` atomically.
  virtual Result<void> rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  /// The folder and those above it, where they are missing; each lasts when this returns.
  virtual Result<void> create_directories(const std::filesystem::path& path) = 0;
  /// Makes renames and removals in this folder last.
  virtual Result<void> sync_directory(const std::filesystem::path& path) = 0;
};

FileSystem& real_file_system();

/// The whole file as text. Refuses a file larger than `limit` bytes, so that a hostile folder can't
/// fill the memory. Reads what can't be mapped too (a pipe, /proc).
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t limit = std::size_t{1} << 30);

/// Writes a file so that its name always stands for a whole one: `fill` writes to `path` with a
/// suffix, which is then synced and renamed over `path`, and its folder synced. On any failure, or
/// where `fill` throws, `path` is as it was and nothing is left beside it; only where syncing the
/// folder is what failed is the new file in place, whole, though a power cut may still bring back
/// the old one. A link is followed; a folder, a device or a pipe in the place is an error. Two
/// writers of the same path at once: each writes its own file aside, the last rename wins.
Result<void> write_atomically(FileSystem& files, const std::filesystem::path& path,
                              const std::function<Result<void>(WritableFile&)>& fill);

}  // namespace kindred::base
