#include "base/file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/system_error.h"

namespace kindred::base {
namespace {

/// fsync, again where a signal came between. An errno, 0 where it went well.
int sync_descriptor(int descriptor) {
  while (::fsync(descriptor) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

/// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

/// The folder in which a name lies.
std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

class RealFile final : public WritableFile {
 public:
  RealFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {
    buffer_.reserve(kBufferSize);
  }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() override {
    // What an unsynced file keeps is not promised, so a failure here has nobody to tell.
    if (!failed_) static_cast<void>(flush());
    ::close(descriptor_);
  }

  Result<void> write(std::span<const std::byte> bytes) override {
    if (failed_) return system_error(path_, "cannot write", EIO);
    if (bytes.size() > kBufferSize - buffer_.size()) KINDRED_TRY(flush());
    if (bytes.size() >= kBufferSize) return write_through(bytes);
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return {};
  }

  Result<void> write_zeros(std::uint64_t count) override {
    if (failed_) return system_error(path_, "cannot write", EIO);
    KINDRED_TRY(flush());
    const off_t end = ::lseek(descriptor_, static_cast<off_t>(count), SEEK_END);
    failed_ = end < 0 || ::ftruncate(descriptor_, end) != 0;
    if (failed_) return system_error(path_, "cannot write", errno);
    return {};
  }

  Result<void> sync() override {
    if (failed_) return system_error(path_, "cannot sync", EIO);
    KINDRED_TRY(flush());
    const int number = sync_descriptor(descriptor_);
    // After a failed fsync the kernel may drop the bytes and report success the next time.
    failed_ = number != 0;
    if (failed_) return system_error(path_, "cannot sync", number);
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
      if (written <= 0) {
        failed_ = true;
        return system_error(path_, "cannot write", written == 0 ? EIO : errno);
      }
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  std::filesystem::path path_;
  int descriptor_;
  std::vector<std::byte> buffer_;
  bool failed_ = false;  // how much is in the file is not known any more
};

class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> create(const std::filesystem::path& path) override {
    return open(path, O_TRUNC);
  }
  Result<std::unique_ptr<WritableFile>> append(const std::filesystem::path& path) override {
    return open(path, O_APPEND);
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
    if (path.empty()) return {};
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) return {};
      return system_error(path, "cannot create the folder", ENOTDIR);
    }
    if (path.has_parent_path() && path.parent_path() != path)
      KINDRED_TRY(create_directories(path.parent_path()));
    // Another process may be as fast; "a/" and "a/." are there once "a" is.
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
      return system_error(path, "cannot create the folder", errno);
    return sync_directory(folder_of(path));
  }

  Result<void> sync_directory(const std::filesystem::path& path) override {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number() < 0) return system_error(path, "cannot open", errno);
    const int number = sync_descriptor(folder.number());
    // Some network file systems can't sync a folder; they keep names safe in their own way.
    if (number != 0 && number != EINVAL && number != ENOTSUP)
      return system_error(path, "cannot sync", number);
    return {};
  }

 private:
  static Result<std::unique_ptr<WritableFile>> open(const std::filesystem::path& path, int how) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
    if (descriptor < 0) return system_error(path, "cannot create", errno);
    return std::make_unique<RealFile>(path, descriptor);
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
  void created() { kept_ = false; }
  void keep() { kept_ = true; }

 private:
  FileSystem& files_;
  std::filesystem::path path_;
  bool kept_ = true;  // or not there yet
};

}  // namespace

Result<void> WritableFile::write_zeros(std::uint64_t count) {
  static constexpr std::array<std::byte, 4096> kZeros{};
  for (; count > 0; count -= std::min<std::uint64_t>(count, kZeros.size()))
    KINDRED_TRY(write(std::span(kZeros).first(std::min<std::uint64_t>(count, kZeros.size()))));
  return {};
}

FileSystem& real_file_system() {
  static RealFileSystem instance;
  return instance;
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return system_error(path, "cannot open", errno);
  struct stat status{};
  const bool sized = ::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode);
  const auto size = sized ? static_cast<std::size_t>(status.st_size) : 0;
  const auto too_large = [&] {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: is larger than {} bytes", path.string(), limit));
  };
  if (size > limit) return too_large();

  // One byte more than it should have, to see its end; what has no size (a pipe, /proc) grows.
  // (And room behind it, for parsers that read whole blocks.)
  constexpr std::size_t kRoom = 64;
  std::string text;
  text.reserve(std::max(size + 1, std::size_t{1} << 12) + kRoom);
  text.resize(std::max(size + 1, std::size_t{1} << 12));
  std::size_t used = 0;
  for (;;) {
    if (used == text.size()) text.resize(text.size() * 2);
    const ssize_t count = ::read(file.number(), text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path, "cannot read", errno);
    used += static_cast<std::size_t>(count);
    if (used > limit) return too_large();
    if (count == 0) break;
  }
  text.resize(used);
  return text;
}

Result<void> write_atomically(FileSystem& files, const std::filesystem::path& path,
                              const std::function<Result<void>(WritableFile&)>& fill) {
  // A link stays a link: the file it leads to is replaced. What is there but is no file (a folder,
  // a device such as /dev/null) must not be replaced by one.
  std::error_code error;
  std::filesystem::path target = path;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::exists(status)) {
    if (!std::filesystem::is_regular_file(status))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: {}", path.string(),
                              std::filesystem::is_directory(status)
                                  ? "is a folder, a file is to be written"
                                  : "is not a regular file, it can't be replaced by one"));
    if (std::filesystem::is_symlink(path, error)) {
      target = std::filesystem::canonical(path, error);
      if (error) return system_error(path, "cannot follow the link", error.value());
    }
  }

  static std::atomic<std::uint64_t> counter{0};
  Aside aside(files, fmt::format("{}.{}-{}.tmp", target.string(), ::getpid(), counter++));
  {
    auto file = KINDRED_TRY(files.create(aside.path()));
    aside.created();
    KINDRED_TRY(fill(*file));
    KINDRED_TRY(file->sync());
  }
  KINDRED_TRY(files.rename(aside.path(), target));
  aside.keep();
  return files.sync_directory(folder_of(target));
}

}  // namespace kindred::base
