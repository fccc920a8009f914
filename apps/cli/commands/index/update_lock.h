/// One change of an index file at a time: `kindred index add` reads the file, changes what it read
/// and replaces it, and of two that did so at once the first one's work would be lost.
///
/// An advisory lock (flock) on the file itself. Readers don't take it and don't wait. A writer that
/// waited finds another file under the name by then, and locks that one instead.
#pragma once

#include <filesystem>

#include "kindred/result.h"

namespace kindred::cli {

class UpdateLock {
 public:
  /// Waits until nobody else changes the file. It must be there.
  static Result<UpdateLock> take(const std::filesystem::path& index);

  UpdateLock(UpdateLock&& other) noexcept;
  UpdateLock& operator=(UpdateLock&&) = delete;
  ~UpdateLock();

 private:
  explicit UpdateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace kindred::cli
