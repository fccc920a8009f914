#include "commands/index/update_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/system_error.h"

namespace kindred::cli {

Result<UpdateLock> UpdateLock::take(const std::filesystem::path& index) {
  for (;;) {
    UpdateLock lock(::open(index.c_str(), O_RDONLY | O_CLOEXEC));
    if (lock.descriptor_ < 0) return base::system_error(index, "cannot open", errno);
    while (::flock(lock.descriptor_, LOCK_EX) != 0)
      if (errno != EINTR) return base::system_error(index, "cannot lock", errno);
    struct stat locked{};
    struct stat named{};
    if (::fstat(lock.descriptor_, &locked) != 0 || ::stat(index.c_str(), &named) != 0)
      return base::system_error(index, "cannot open", errno);
    if (locked.st_ino == named.st_ino && locked.st_dev == named.st_dev) return lock;
  }
}

UpdateLock::UpdateLock(UpdateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

UpdateLock::~UpdateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace kindred::cli
