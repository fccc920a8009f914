/// A disk that fails when a test asks it to.
///
/// FaultyFileSystem passes everything on to the real file system of the machine, under the paths it
/// is given, until the fault that the test chose: an operation that fails, or a disk that is full.
/// It counts operations of each kind, so that a test can first run its work undisturbed, and then
/// once for each operation there was, failing that one:
///
///     FaultyFileSystem files;
///     ASSERT_TRUE(work(files));
///     for (std::size_t n = 0; n < files.count(Operation::write); ++n) {
///       files.fail_at(Operation::write, n);
///       EXPECT_FALSE(work(files));
///     }
///
/// lose_power() does to the disk what a power cut may do at the worst: a file keeps the bytes that
/// were synced and loses the others, and a rename, a removal or a new name that no sync of its
/// folder followed is undone.
///
/// Thread safety: any thread; one lock around everything.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_system.h"

namespace kindred::testing {

enum class Operation : std::uint8_t {
  create,
  write,
  sync,
  map,
  rename,
  remove,
  create_directories,
  sync_directory
};

class FaultyFileSystem final : public base::FileSystem {
 public:
  using Path = std::filesystem::path;

  explicit FaultyFileSystem(base::FileSystem& real = base::real_file_system()) : real_(real) {}

  /// From now on counts anew, and operation `number` (from 0) of this kind fails, once; `message`
  /// ends its error.
  void fail_at(Operation operation, std::size_t number,
               std::string message = "Input/output error") {
    const std::lock_guard lock(mutex_);
    counts_.fill(0);
    fault_ = Fault{operation, number, std::move(message)};
  }

  /// From now on, `bytes` more fit on the disk. A write that does not fit writes what fits, and
  /// fails.
  void fill_after(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    room_ = bytes;
  }

  /// No faults any more, counts from 0.
  void heal() {
    const std::lock_guard lock(mutex_);
    counts_.fill(0);
    fault_.reset();
    room_ = kUnlimited;
  }

  /// How many operations of this kind began since fail_at() or heal().
  std::size_t count(Operation operation) const {
    const std::lock_guard lock(mutex_);
    return counts_[static_cast<std::size_t>(operation)];
  }

  /// Undoes on the real disk what was not synced, latest first. Close all files before.
  void lose_power() {
    const std::lock_guard lock(mutex_);
    for (auto change = pending_.rbegin(); change != pending_.rend(); ++change) change->undo(*this);
    pending_.clear();
    // Whatever names these files have now, they hold what was synced.
    for (auto& [path, file] : files_)
      if (std::filesystem::exists(path)) restore(path, file->synced);
    files_.clear();
  }

  Result<std::unique_ptr<base::WritableFile>> create(const Path& path) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::create, path));
    Change change{.folder = folder_of(path), .to = path, .replaced = contents(path)};
    auto file = KINDRED_TRY(real_.create(path));
    if (!change.replaced) pending_.push_back(std::move(change));
    auto state = std::make_shared<State>();
    files_[path] = state;
    return std::make_unique<FaultyFile>(*this, path, std::move(file), std::move(state));
  }

  Result<std::unique_ptr<base::WritableFile>> append(const Path& path) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::create, path));
    Change change{.folder = folder_of(path), .to = path, .replaced = contents(path)};
    auto file = KINDRED_TRY(real_.append(path));
    auto& state = files_[path];
    if (!state) {
      // What was there before this began is taken to be on the disk.
      const std::string there = change.replaced.value_or("");
      state = std::make_shared<State>(there, there);
      if (!change.replaced) pending_.push_back(std::move(change));
    }
    return std::make_unique<FaultyFile>(*this, path, std::move(file), state);
  }

  Result<base::MappedFile> map(const Path& path) override {
    {
      const std::lock_guard lock(mutex_);
      KINDRED_TRY(begin(Operation::map, path));
    }
    return real_.map(path);
  }

  Result<void> rename(const Path& from, const Path& to) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::rename, to));
    Change change{.folder = folder_of(to), .from = from, .to = to, .replaced = contents(to)};
    KINDRED_TRY(real_.rename(from, to));
    change.replaced_state = take_state(to);
    if (auto state = take_state(from)) files_[to] = std::move(state);
    pending_.push_back(std::move(change));
    return {};
  }

  Result<void> remove(const Path& path) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::remove, path));
    Change change{.folder = folder_of(path), .to = path, .replaced = contents(path)};
    KINDRED_TRY(real_.remove(path));
    change.replaced_state = take_state(path);
    pending_.push_back(std::move(change));
    return {};
  }

  Result<void> create_directories(const Path& path) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::create_directories, path));
    return real_.create_directories(path);
  }

  Result<void> sync_directory(const Path& path) override {
    const std::lock_guard lock(mutex_);
    KINDRED_TRY(begin(Operation::sync_directory, path));
    KINDRED_TRY(real_.sync_directory(path));
    std::erase_if(pending_, [&](const Change& change) { return change.folder == path; });
    return {};
  }

 private:
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  struct Fault {
    Operation operation;
    std::size_t number;
    std::string message;
  };

  /// A file that was created here: what of it would survive.
  struct State {
    std::string written;
    std::string synced;
  };

  /// A change of a folder that its sync has not followed yet.
  struct Change {
    Path folder;
    std::optional<Path> from;  // a rename; else a new file or a removal
    Path to;
    std::optional<std::string> replaced;  // what `to` held before, nothing where it was not there
    std::shared_ptr<State> replaced_state;

    void undo(FaultyFileSystem& files) const {
      auto state = files.take_state(to);
      if (from && std::filesystem::exists(to)) {
        std::filesystem::rename(to, *from);
        if (state) files.files_[*from] = std::move(state);
      } else if (!replaced) {
        std::filesystem::remove(to);
      }
      if (replaced) {
        restore(to, *replaced);
        if (replaced_state) files.files_[to] = replaced_state;
      }
    }
  };

  class FaultyFile final : public base::WritableFile {
   public:
    FaultyFile(FaultyFileSystem& files, Path path, std::unique_ptr<base::WritableFile> real,
               std::shared_ptr<State> state)
        : files_(files), path_(std::move(path)), real_(std::move(real)), state_(std::move(state)) {}

    using base::WritableFile::write;
    Result<void> write(std::span<const std::byte> bytes) override {
      const std::lock_guard lock(files_.mutex_);
      KINDRED_TRY(files_.begin(Operation::write, path_));
      const auto fitting = bytes.first(std::min(bytes.size(), files_.room_));
      if (files_.room_ != kUnlimited) files_.room_ -= fitting.size();
      KINDRED_TRY(real_->write(fitting));
      state_->written.append(reinterpret_cast<const char*>(fitting.data()), fitting.size());
      if (fitting.size() < bytes.size())
        return fail(ErrorCode::io, path_.string() + ": cannot write: No space left on device");
      return {};
    }

    Result<void> sync() override {
      const std::lock_guard lock(files_.mutex_);
      KINDRED_TRY(files_.begin(Operation::sync, path_));
      KINDRED_TRY(real_->sync());
      state_->synced = state_->written;
      return {};
    }

   private:
    FaultyFileSystem& files_;
    Path path_;
    std::unique_ptr<base::WritableFile> real_;
    std::shared_ptr<State> state_;
  };

  /// Counts an operation, and fails where it is the chosen one.
  Result<void> begin(Operation operation, const Path& path) {
    const std::size_t number = counts_[static_cast<std::size_t>(operation)]++;
    if (!fault_ || fault_->operation != operation || fault_->number != number) return {};
    return fail(ErrorCode::io, path.string() + ": " + fault_->message);
  }

  std::shared_ptr<State> take_state(const Path& path) {
    const auto found = files_.find(path);
    if (found == files_.end()) return nullptr;
    auto state = std::move(found->second);
    files_.erase(found);
    return state;
  }

  static Path folder_of(const Path& path) {
    return path.has_parent_path() ? path.parent_path() : Path(".");
  }

  static std::optional<std::string> contents(const Path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  static void restore(const Path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  base::FileSystem& real_;
  mutable std::mutex mutex_;
  std::array<std::size_t, 8> counts_{};
  std::optional<Fault> fault_;
  std::size_t room_ = kUnlimited;
  std::map<Path, std::shared_ptr<State>> files_;
  std::vector<Change> pending_;  // in the order in which they were made
};

}  // namespace kindred::testing
