#include "base/file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/system_error.h"

namespace kindred::base {
namespace {

class RealFile final : public WritableFile {
 public:
  RealFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {
    buffer_.reserve(kBufferSize);
  }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() override { ::close(descriptor_); }

  Result<void> write(std::span<const std::byte> bytes) override {
    if (buffer_.size() + bytes.size() > kBufferSize) KINDRED_TRY(flush());
    if (bytes.size() >= kBufferSize) return write_through(bytes);
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return {};
  }

  Result<void> sync() override {
    KINDRED_TRY(flush());
    if (::fsync(descriptor_) != 0) return system_error(path_, "cannot sync", errno);
    return {};
  }

 private:
  static constexpr std::size_t kBufferSize = std::size_t{1} << 18;

  Result<void> flush() {
    KINDRED_TRY(write_through(buffer_));
    buffer_.clear();
    return {};
  }

  Result<void> write_through(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_error(path_, "cannot write", errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  std::filesystem::path path_;
  int descriptor_;
  std::vector<std::byte> buffer_;
};

class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) override {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return system_error(path, "cannot create", errno);
    return std::make_unique<RealFile>(path, descriptor);
  }

  Result<MappedFile> map(const std::filesystem::path& path) override {
    return MappedFile::open(path);
  }

  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return system_error(to, "cannot replace", errno);
    return {};
  }

  Result<void> remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) != 0) return system_error(path, "cannot remove", errno);
    return {};
  }

  Result<void> create_directories(const std::filesystem::path& path) override {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return system_error(path, "cannot create the folder", error.value());
    return {};
  }

  Result<void> sync_directory(const std::filesystem::path& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_error(path, "cannot open", errno);
    const int failed = ::fsync(descriptor) != 0 ? errno : 0;
    ::close(descriptor);
    if (failed != 0) return system_error(path, "cannot sync", failed);
    return {};
  }
};

/// A file being written aside: gone on destruction, unless it was renamed into place.
class Aside {
 public:
  Aside(FileSystem& files, std::filesystem::path path) : files_(files), path_(std::move(path)) {}
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    if (!kept_)
      static_cast<void>(
          files_.remove(path_));  // the failure that brought us here is the one to tell
  }
  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  FileSystem& files_;
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace

FileSystem& real_file_system() {
  static RealFileSystem instance;
  return instance;
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error(path, "cannot open", errno);
  std::string text;
  std::size_t used = 0;
  for (;;) {
    if (text.size() - used < 4096) text.resize(text.size() * 2 + (std::size_t{1} << 16));
    const ssize_t count = ::read(descriptor, text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    const int failed = count < 0 ? errno : 0;
    used += count > 0 ? static_cast<std::size_t>(count) : 0;
    if (count > 0 && used <= limit) continue;
    ::close(descriptor);
    if (failed != 0) return system_error(path, "cannot read", failed);
    if (used > limit)
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: is larger than {} bytes", path.string(), limit));
    text.resize(used);
    return text;
  }
}

Result<void> write_atomically(FileSystem& files, const std::filesystem::path& path,
                              const std::function<Result<void>(WritableFile&)>& fill) {
  static std::atomic<std::uint64_t> counter{0};
  Aside aside(files, fmt::format("{}.{}-{}.tmp", path.string(), ::getpid(), counter++));
  {
    auto file = KINDRED_TRY(files.create(aside.path()));
    KINDRED_TRY(fill(*file));
    KINDRED_TRY(file->sync());
  }
  KINDRED_TRY(files.rename(aside.path(), path));
  aside.keep();
  const auto folder = path.parent_path();
  return files.sync_directory(folder.empty() ? "." : folder);
}

}  // namespace kindred::base
