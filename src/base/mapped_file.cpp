#include "base/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/system_error.h"

namespace kindred::base {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return system_error(path, "cannot open", errno);
  struct stat status{};
  const int failed = ::fstat(descriptor, &status) != 0 ? errno : 0;
  if (failed != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
    ::close(descriptor);
    if (failed != 0) return system_error(path, "cannot read its status", failed);
    if (!S_ISREG(status.st_mode))
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{}: {}", path.string(),
                              S_ISDIR(status.st_mode) ? "is a folder, a file is needed"
                                                      : "is not a regular file"));
    return MappedFile();
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int map_failed = data == MAP_FAILED ? errno : 0;
  ::close(descriptor);
  if (map_failed != 0) return system_error(path, "cannot map", map_failed);
  return MappedFile(static_cast<const std::byte*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedFile::expect_scattered_reads(std::span<const std::byte> part) const {
  // Whole pages of it; what they share with other parts stays as it is.
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(part.data() - data_);
  const std::size_t first = (begin + page - 1) / page * page;
  const std::size_t last = (begin + part.size()) / page * page;
  if (first < last)
    ::madvise(const_cast<std::byte*>(data_) + first, last - first, MADV_RANDOM);  // only advice
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace kindred::base
