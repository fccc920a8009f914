/// A readers-writer lock in which a writer's turn comes.
///
/// std::shared_mutex may let readers in for as long as there are any; searches that follow each
/// other without a gap would then keep a change out for ever. Here a writer that waits holds the
/// door, so that it waits for the readers inside and for no later ones. For std::unique_lock and
/// std::shared_lock. Not recursive: a reader that takes the lock again may wait for itself.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace kindred::index {

class FairSharedMutex {
 public:
  void lock() {
    const std::lock_guard at_the_door(door_);
    inside_.lock();
  }
  void unlock() { inside_.unlock(); }

  void lock_shared() {
    {
      const std::lock_guard through_the_door(door_);
    }
    inside_.lock_shared();
  }
  void unlock_shared() { inside_.unlock_shared(); }

 private:
  std::mutex door_;
  std::shared_mutex inside_;
};

}  // namespace kindred::index
