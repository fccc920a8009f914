#include "store/database.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <vector>

namespace kindred::store {
namespace {

constexpr std::array<const char*, kFamilies> kFamilyNames = {"default", "ids", "points", "vectors",
                                                             "operations"};
constexpr std::size_t kBlockCacheBytes = std::size_t{64} << 20;
constexpr std::size_t kWriteBufferBytes = std::size_t{64} << 20;
constexpr std::uint64_t kBlobBytes = std::uint64_t{16} << 10;
/// Bounds how much of the log is read again at opening.
constexpr std::uint64_t kLogBytes = std::uint64_t{128} << 20;
/// A writer that merges files may remove one between the moment when a reader learns its name and
/// the moment when it opens it; the next attempt sees the merged one.
constexpr int kReadAttempts = 16;

/// RocksDB's own log of its doings. A reader has none: it would write into the writer's folder.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

/// After a full disk RocksDB would look for space now and then, and refuse writes as busy until it
/// did. We ask it to resume before the next write instead: the caller learns at once how things
/// are.
class ResumeWhenAsked final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* automatic) override {
    *automatic = false;
  }
};

rocksdb::DBOptions database_options(CollectionMode mode, rocksdb::Env* environment) {
  rocksdb::DBOptions options;
  if (environment != nullptr) options.env = environment;
  options.create_if_missing = mode == CollectionMode::write;
  options.create_missing_column_families = mode == CollectionMode::write;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_total_wal_size = kLogBytes;
  options.db_write_buffer_size = kWriteBufferBytes;
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 1;
  options.max_open_files = -1;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = std::size_t{1} << 20;
  options.keep_log_file_num = 2;
  options.listeners.push_back(std::make_shared<ResumeWhenAsked>());
  if (mode == CollectionMode::read) options.info_log = std::make_shared<NoLog>();
  return options;
}

rocksdb::CompressionType compression_for_text() {
  const auto available = rocksdb::GetSupportedCompressions();
  return std::ranges::find(available, rocksdb::kLZ4Compression) != available.end()
             ? rocksdb::kLZ4Compression
             : rocksdb::kNoCompression;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  table.cache_index_and_filter_blocks = true;  // so that they count as cache too
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    rocksdb::ColumnFamilyOptions options;
    rocksdb::BlockBasedTableOptions own_table = table;
    options.compression =
        family == Family::vectors ? rocksdb::kNoCompression : compression_for_text();
    // Most ids that are looked up while adding are not there yet: a Bloom filter says so in memory.
    if (family == Family::ids) own_table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    if (family == Family::points) {
      options.enable_blob_files = true;
      options.min_blob_size = kBlobBytes;
      options.blob_compression_type = compression_for_text();
      options.enable_blob_garbage_collection = true;
    }
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(own_table));
    families.emplace_back(kFamilyNames[i], options);
  }
  return families;
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::unexpected<Error> refusal(const std::string& name, const rocksdb::Status& status,
                               std::string_view action) {
  const ErrorCode code = status.IsCorruption() ? ErrorCode::corrupt : ErrorCode::io;
  return fail(code,
              fmt::format("collection \"{}\": {}: {}", name, action, one_line(status.ToString())));
}

/// RocksDB has no code for "another process has the lock", only these words (of env_posix and
/// fs_posix).
bool lock_is_held(const rocksdb::Status& status) {
  const std::string message = status.ToString();
  return status.IsIOError() && (message.find("While lock file") != std::string::npos ||
                                message.find("lock hold by current process") != std::string::npos);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder,
                                                 CollectionMode mode, const std::string& name,
                                                 rocksdb::Env* environment) {
  const auto options = database_options(mode, environment);
  const auto families = family_options();
  std::unique_ptr<Database> database(new Database(name, mode));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (mode == CollectionMode::write) {
    status = rocksdb::DB::Open(options, folder.string(), families, &handles, &db);
  } else {
    for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
      status = rocksdb::DB::OpenForReadOnly(options, folder.string(), families, &handles, &db);
      if (status.ok() || status.IsInvalidArgument()) break;
    }
  }
  if (!status.ok()) {
    if (lock_is_held(status))
      return fail(ErrorCode::conflict,
                  fmt::format("collection \"{}\" is being written by another process or another "
                              "part of this one; try again when it is done",
                              name));
    return refusal(name, status, "cannot open");
  }
  database->db_.reset(db);
  std::ranges::copy(handles, database->families_.begin());
  return database;
}

Database::~Database() {
  if (db_ == nullptr) return;
  // What was acknowledged is synced in the log. Into files with it, so that the next opening (each
  // search by a process of its own is one) need not read the log again; if that fails, it will.
  if (mode_ == CollectionMode::write)
    static_cast<void>(db_->Flush(rocksdb::FlushOptions(), {families_.begin(), families_.end()}));
  for (auto* handle : families_) static_cast<void>(db_->DestroyColumnFamilyHandle(handle));
  static_cast<void>(db_->Close());
}

Result<void> Database::check(const rocksdb::Status& status, std::string_view action) const {
  if (status.ok()) return {};
  return refusal(name_, status, action);
}

std::unexpected<Error> Database::malformed(std::string_view what) const {
  return fail(
      ErrorCode::corrupt,
      fmt::format("collection \"{}\": {} is not in a form that this version knows", name_, what));
}

}  // namespace kindred::store
