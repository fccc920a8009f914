/// How the store reads RocksDB: several reads of one state, and many keys at once.
#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/records.h"

namespace kindred::store {

inline rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

/// A state between two puts, seen by several reads.
class Snapshot {
 public:
  explicit Snapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { db_.ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

/// The values of many keys of one family, read together.
struct Values {
  Values(const Database& database, Family family, const std::vector<rocksdb::Slice>& keys,
         const rocksdb::Snapshot* snapshot = nullptr)
      : values(keys.size()), statuses(keys.size()) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    database.db().MultiGet(options, database.family(family), keys.size(), keys.data(),
                           values.data(), statuses.data());
  }
  std::vector<rocksdb::PinnableSlice> values;
  std::vector<rocksdb::Status> statuses;
};

/// Keys that are numbers, and slices of them for RocksDB.
struct NumberKeys {
  explicit NumberKeys(std::span<const std::uint64_t> numbers) {
    keys.reserve(numbers.size());
    slices.reserve(numbers.size());
    for (const std::uint64_t number : numbers) {
      keys.push_back(number_key(number));
      slices.push_back(slice(keys.back()));
    }
  }
  std::vector<std::string> keys;
  std::vector<rocksdb::Slice> slices;
};

}  // namespace kindred::store
