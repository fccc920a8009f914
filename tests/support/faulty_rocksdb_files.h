/// A disk for RocksDB that fills up, or whose syncs fail: for the tests of the store.
///
///     FaultyRocksDbFiles disk;
///     disk.files->room = 1000;   // bytes that may still be written, over all files
///     PointStore::open(folder, mode, name, model, disk.environment.get());
///
/// A write that doesn't fit writes the part that does, as a real disk may: what comes after has to
/// cope with a record that was cut short.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

namespace kindred::store {

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFileSystem() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyFileSystem"; }

  std::atomic<std::int64_t> room{std::numeric_limits<std::int64_t>::max()};
  std::atomic<bool> syncs_fail{false};

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    std::unique_ptr<rocksdb::FSWritableFile> real;
    auto status = target()->NewWritableFile(path, options, &real, context);
    if (status.ok()) *file = std::make_unique<File>(std::move(real), *this);
    return status;
  }

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> real, FaultyFileSystem& disk)
        : rocksdb::FSWritableFileOwnerWrapper(std::move(real)), disk_(disk) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
      const auto size = static_cast<std::int64_t>(data.size());
      const std::int64_t before = disk_.room.fetch_sub(size);
      if (before >= size) return target()->Append(data, options, context);
      disk_.room = 0;
      const auto fits = static_cast<std::size_t>(std::max<std::int64_t>(before, 0));
      auto status = target()->Append(rocksdb::Slice(data.data(), fits), options, context);
      return status.ok() ? rocksdb::IOStatus::NoSpace("the test's disk is full") : status;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&,
                             rocksdb::IODebugContext* context) override {
      return Append(data, options, context);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
      if (disk_.syncs_fail) return rocksdb::IOStatus::IOError("the test's disk cannot sync");
      return target()->Sync(options, context);
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* context) override {
      if (disk_.syncs_fail) return rocksdb::IOStatus::IOError("the test's disk cannot sync");
      return target()->Fsync(options, context);
    }

   private:
    FaultyFileSystem& disk_;
  };
};

struct FaultyRocksDbFiles {
  std::shared_ptr<FaultyFileSystem> files = std::make_shared<FaultyFileSystem>();
  std::unique_ptr<rocksdb::Env> environment = rocksdb::NewCompositeEnv(files);
};

}  // namespace kindred::store
