/// A large array in huge pages, where the system has them: a scan of rows then needs a five
/// hundredth of the address translations, and memory gives its full speed.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace kindred::index {

/// `size` values, not initialised. Throws std::bad_alloc where memory runs out or the size
/// overflows. At least 64-byte aligned.
template <typename T>
class HugeArray {
 public:
  HugeArray() = default;
  explicit HugeArray(std::size_t size) : size_(size) {
    constexpr std::size_t kHugePage = std::size_t{2} << 20;
    if (size > (static_cast<std::size_t>(-1) - kHugePage) / sizeof(T)) throw std::bad_alloc();
    const std::size_t bytes = std::max<std::size_t>(size * sizeof(T), 1);
    const std::size_t alignment = bytes >= kHugePage ? kHugePage : 64;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    values_.reset(static_cast<T*>(std::aligned_alloc(alignment, rounded)));
    if (values_ == nullptr) throw std::bad_alloc();
    // A wish, not a need: small pages do as well, slower.
    if (alignment == kHugePage) ::madvise(values_.get(), rounded, MADV_HUGEPAGE);
  }

  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }

 private:
  struct Free {
    void operator()(T* values) const { std::free(values); }
  };
  std::unique_ptr<T[], Free> values_;
  std::size_t size_ = 0;
};

}  // namespace kindred::index
