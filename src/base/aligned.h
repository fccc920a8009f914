/// Memory on 64-byte boundaries: a cache line, and the widest vector that any instruction set here
/// loads.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace kindred::base {

inline constexpr std::size_t kAlignment = 64;

/// Throws std::bad_alloc where memory runs out. The bytes are not initialised.
inline void* allocate_aligned(std::size_t bytes) {
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = rounded < bytes ? nullptr : std::aligned_alloc(kAlignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

inline void free_aligned(void* memory) { std::free(memory); }

/// A fixed number of values on a 64-byte boundary, not initialised: scratch memory for kernels.
template <typename T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size)
      : values_(size == 0 ? nullptr : static_cast<T*>(allocate_aligned(checked_bytes(size)))),
        size_(size) {}

  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return values_[i]; }
  const T& operator[](std::size_t i) const { return values_[i]; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

  /// At least `size` values; what was in them is lost when it has to grow.
  void reserve_discarding(std::size_t size) {
    if (size > size_) *this = AlignedArray(size);
  }

 private:
  struct Free {
    void operator()(T* values) const { free_aligned(values); }
  };
  static std::size_t checked_bytes(std::size_t size) {
    if (size > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_alloc();
    return size * sizeof(T);
  }
  std::unique_ptr<T[], Free> values_;
  std::size_t size_ = 0;
};

/// A fixed number of values on a 64-byte boundary, all zero. Where there are many, pages that
/// nobody touches are not there at all.
template <typename T>
class ZeroedArray {
 public:
  explicit ZeroedArray(std::size_t size) {
    if (size > (static_cast<std::size_t>(-1) - kAlignment) / sizeof(T)) throw std::bad_alloc();
    memory_.reset(std::calloc(1, size * sizeof(T) + kAlignment));
    if (memory_ == nullptr) throw std::bad_alloc();
    void* begin = memory_.get();
    std::size_t space = size * sizeof(T) + kAlignment;
    values_ = static_cast<T*>(std::align(kAlignment, size * sizeof(T), begin, space));
  }

  T* data() { return values_; }
  const T* data() const { return values_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
  T* values_ = nullptr;
};

}  // namespace kindred::base
