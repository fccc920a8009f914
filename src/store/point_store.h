/// What a collection has acknowledged: documents, their vectors, and the log of changes. The truth,
/// of which everything else is a cache.
///
/// A document gets a row number when its id comes first, and keeps it when it is replaced: rows
/// number the documents in the order of first addition. Each change has a sequence number, 1, 2,
/// ..., and an entry in the operation log that names its row, so that a cache made at sequence s is
/// brought up to date from the entries after s. Documents, vectors, log entries and the
/// collection's state go into RocksDB in one synced write batch.
///
/// Thread safety: put() excludes other puts; everything else may run beside it, and sees a state
/// between two puts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kindred/collection.h"
#include "store/database.h"
#include "store/records.h"

namespace kindred::store {

/// Vectors by row number, as they were after the change `sequence`.
struct Rows {
  Matrix vectors;                      ///< rows x dimensions, as they were given
  std::vector<std::uint64_t> numbers;  ///< row numbers, ascending
  std::uint64_t sequence = 0;
};

class PointStore {
 public:
  /// As Collection::open(); `folder` is RocksDB's own. `environment` as in Database::open().
  static Result<std::unique_ptr<PointStore>> open(const std::filesystem::path& folder,
                                                  CollectionMode mode, const std::string& name,
                                                  const std::optional<CollectionModel>& model,
                                                  rocksdb::Env* environment = nullptr);

  /// The arguments are as check_documents() wants them. `log_passed`: every cache has taken in the
  /// changes up to this one, their log entries may go. Where it fails, nothing of it was applied,
  /// and the next put first asks RocksDB to resume (a full disk may have space again).
  Result<void> put(std::span<const Document> documents, MatrixView vectors,
                   std::uint64_t log_passed);

  Result<std::vector<std::uint8_t>> has(std::span<const Document> documents) const;
  Result<std::optional<Document>> get(std::string_view id) const;
  /// The documents of these rows; a row that is not there is ErrorCode::corrupt.
  Result<std::vector<Document>> documents(std::span<const std::uint64_t> rows) const;

  Result<Rows> all_rows() const;
  /// The rows changed after `sequence`, with their newest vectors; nothing where the log does not
  /// reach back that far or names more than `limit` changes.
  Result<std::optional<Rows>> rows_changed_since(std::uint64_t sequence, std::size_t limit) const;

  const CollectionModel& model() const { return model_; }
  /// A random number that the collection got when it was made: tells its caches from another's.
  std::uint64_t identity() const { return identity_; }
  StateRecord state() const;

 private:
  explicit PointStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::optional<std::string>> meta(std::string_view key) const;
  Result<void> create(const CollectionModel& model);
  Result<void> load();
  Result<StateRecord> state_at(const rocksdb::Snapshot* snapshot) const;
  Result<std::vector<std::optional<std::uint64_t>>> rows_of(
      std::span<const std::string_view> ids) const;

  std::unique_ptr<Database> database_;
  CollectionModel model_;
  std::uint64_t identity_ = 0;
  std::mutex put_mutex_;
  bool resume_first_ = false;      // guarded by put_mutex_
  std::uint64_t log_trimmed_ = 0;  // guarded by put_mutex_
  mutable std::mutex state_mutex_;
  StateRecord state_;  // guarded by state_mutex_
};

}  // namespace kindred::store
