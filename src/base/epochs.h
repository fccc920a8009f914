/// Who might still be reading: lets memory be used again once nobody can have it in view, without
/// readers ever waiting.
///
/// A reader holds a Guard while it follows what others may unlink. A writer that has unlinked
/// something takes a stamp, and may use its place again when passed(stamp) is true: then every
/// guard that was there at the time of the stamp is gone, and later ones cannot find it (Fraser,
/// "Practical lock-freedom", 2004, section 5.2.3; here a slot for each guard instead of one for
/// each thread).
///
/// Thread safety: all of it. Cost: a guard is two atomic operations on a cache line of its own;
/// passed() reads 128 slots. More than 128 guards at once wait for each other.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>

namespace kindred::base {

class Epochs {
 public:
  class Guard {
   public:
    Guard(Guard&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      if (slot_ != nullptr) slot_->store(kIdle, std::memory_order_release);
    }

   private:
    friend class Epochs;
    explicit Guard(std::atomic<std::uint64_t>* slot) : slot_(slot) {}
    std::atomic<std::uint64_t>* slot_;
  };

  Guard enter() {
    // Threads start at different slots, so that they seldom meet.
    std::size_t at = std::hash<std::thread::id>()(std::this_thread::get_id());
    for (std::size_t tried = 0;; ++at, ++tried) {
      Slot& slot = slots_[at % kSlots];
      std::uint64_t idle = kIdle;
      // Sequentially consistent, as stamp() and passed() are: either the writer sees the guard, or
      // the guard's holder sees what was unlinked.
      if (slot.epoch.compare_exchange_strong(idle, now_.load())) return Guard(&slot.epoch);
      if (tried % kSlots == kSlots - 1) std::this_thread::yield();
    }
  }

  /// Of what was unlinked just before.
  std::uint64_t stamp() { return now_.fetch_add(1); }

  bool passed(std::uint64_t stamp) const {
    for (const Slot& slot : slots_)
      if (const std::uint64_t epoch = slot.epoch.load(); epoch != kIdle && epoch <= stamp)
        return false;
    return true;
  }

 private:
  static constexpr std::uint64_t kIdle = 0;
  static constexpr std::size_t kSlots = 128;
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch{kIdle};
  };

  std::atomic<std::uint64_t> now_{1};
  std::array<Slot, kSlots> slots_;
};

}  // namespace kindred::base
