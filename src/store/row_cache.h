/// The rows that searches read: an index file that is a cache of the store, and what changed since.
///
/// A file `vectors-<identity>-<sequence>.index` (docs/formats/index.md) holds all vectors of a
/// collection as they were after the change <sequence>; ids are row numbers. It is mapped, so that
/// a search in a new process starts in milliseconds. Changes after it are read from the store into
/// a second, small index in memory (the recent rows); a search asks both. When the recent rows are
/// more than 1,024 and a sixteenth of the collection, or when the file is missing, damaged or of
/// another collection, all vectors are read from the store and a new file is written.
///
/// Any process that searches may write the file: it is replaced by rename, its name says what is in
/// it, and equal names have equal bytes. Failing to write it (a full disk, a folder that may not be
/// written) costs time, not answers: the rows then stay in memory.
///
/// Thread safety: search() from any number of threads, beside PointStore::put(). Cost: a search is
/// one pass over the rows. Bringing up to date costs the recent rows (1.5 KB each at 384
/// dimensions); a new file reads everything once and holds it twice in memory while it is built.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "kindred/index.h"
#include "store/point_store.h"

namespace kindred::store {

class RowCache {
 public:
  /// `folder` is the cache's own; it need not exist. `store` outlives the cache. A writer also
  /// removes files that can't be of this collection's past.
  RowCache(std::filesystem::path folder, const PointStore& store, CollectionMode mode);

  /// The k rows closest to `query`, ids being row numbers; best first, ties by row number.
  Result<std::vector<Hit>> search(std::span<const float> query, std::size_t k);

  /// The newest change that a file on the disk has taken in: no cache needs the log before it.
  std::uint64_t saved_sequence() const { return saved_sequence_.load(); }

 private:
  struct View;
  struct File {
    std::filesystem::path path;
    std::uint64_t identity = 0;
    std::uint64_t sequence = 0;
  };

  static std::vector<File> files_in(const std::filesystem::path& folder);
  std::filesystem::path path_of(std::uint64_t sequence) const;
  Result<std::shared_ptr<const View>> current();
  std::shared_ptr<const View> open_newest() const;
  Result<std::shared_ptr<const View>> with_recent(const std::shared_ptr<const View>& base) const;
  Result<std::shared_ptr<const View>> rebuild();
  void remove_other_files(std::uint64_t keep) const;
  void discard(const std::shared_ptr<const View>& damaged);

  std::filesystem::path folder_;
  const PointStore& store_;
  std::atomic<std::uint64_t> saved_sequence_{0};
  std::mutex mutex_;
  std::shared_ptr<const View> view_;  // guarded by mutex_
};

}  // namespace kindred::store
