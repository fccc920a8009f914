/// A collection's RocksDB: its column families, how it is opened, and its refusals as Errors.
///
/// RocksDB is a log-structured merge tree (O'Neil et al. 1996, "The Log-Structured Merge-Tree"): a
/// write goes to a log and to memory, sorted files are written when memory is full and merged in
/// the background. A write batch is one record of the log with one checksum, so that after a crash
/// all of it is there or nothing. The choices, and their reasons:
/// - The log is synced before a write is acknowledged. At opening, a last record that was cut short
///   is dropped (nobody was told that it was written); damage anywhere before is an error.
/// - Checksums of blocks, blobs and log records are verified on every read (RocksDB's default).
/// - Rows are numbered in the order of first addition, and rows come in that order, so their files
///   do not overlap and are never merged again. Vectors are not compressed: floats don't shrink.
/// - Values of 16 KiB and more go to blob files, which merging does not copy.
/// - One block cache of 64 MiB and one memory budget of 64 MiB for what is not in files yet.
///
/// Errors: ErrorCode::conflict where another writer has it, corrupt where a checksum says so, io
/// for the disk. Thread safety: as RocksDB's, any number of threads.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "kindred/collection.h"
#include "kindred/result.h"

namespace kindred::store {

/// The column families. `meta` is the one that RocksDB calls "default" and always has.
enum class Family : std::uint8_t {
  meta,        ///< a few named records: format, identity, model, state
  ids,         ///< document id -> row number
  points,      ///< row number -> id, text, fields
  vectors,     ///< row number -> float32 values
  operations,  ///< sequence number -> operation, row number
};
inline constexpr std::size_t kFamilies = 5;

class Database {
 public:
  /// `name` is the collection's, for messages. `environment` is where the files are; nullptr means
  /// the machine's own.
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                                CollectionMode mode, const std::string& name,
                                                rocksdb::Env* environment);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  const std::string& name() const { return name_; }

  /// A status as a Result: `collection "news": cannot write: IO error: No space left on device:
  /// ...`.
  Result<void> check(const rocksdb::Status& status, std::string_view action) const;
  /// Bytes that passed RocksDB's checksums and still are not what we write.
  std::unexpected<Error> malformed(std::string_view what) const;

 private:
  Database(std::string name, CollectionMode mode) : name_(std::move(name)), mode_(mode) {}

  std::string name_;
  CollectionMode mode_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
};

}  // namespace kindred::store
