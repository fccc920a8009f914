/// Rows of a fixed number of values, in chunks that never move: an array that grows while others
/// read it.
///
/// A reader that learnt of a row through an acquiring load (a link to it) may read it without a
/// lock. One thread grows at a time. Chunks hold 65,536 rows, so that every stride of 32 bytes or
/// more fills huge pages to the last byte; memory that no row has reached is not touched. New rows
/// are zero.
///
/// The rows may also be somebody else's (a mapped file): then nothing can grow.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace kindred::index {

template <typename T>
class ChunkedRows {
 public:
  static constexpr std::size_t kChunkRows = std::size_t{1} << 16;
  static constexpr std::size_t kMostChunks = std::size_t{1} << 12;
  /// The most rows that there can be: 268,435,456.
  static constexpr std::size_t kMostRows = kChunkRows * kMostChunks;

  /// `stride` values a row, at least one.
  explicit ChunkedRows(std::size_t stride)
      : stride_(stride), chunks_(static_cast<T**>(std::calloc(kMostChunks, sizeof(T*)))) {
    if (chunks_ == nullptr) throw std::bad_alloc();
  }

  std::size_t stride() const { return stride_; }
  /// Bytes that rows take.
  std::size_t bytes() const { return rows_ * stride_ * sizeof(T); }

  T* row(std::size_t i) { return chunks_.get()[i / kChunkRows] + i % kChunkRows * stride_; }
  const T* row(std::size_t i) const {
    return chunks_.get()[i / kChunkRows] + i % kChunkRows * stride_;
  }
  std::span<T> values(std::size_t i) { return {row(i), stride_}; }
  std::span<const T> values(std::size_t i) const { return {row(i), stride_}; }

  /// Room for `rows` rows, at most kMostRows. Throws std::bad_alloc.
  void grow(std::size_t rows) {
    assert(rows <= kMostRows);
    const std::size_t needed = (rows + kChunkRows - 1) / kChunkRows;
    owned_.reserve(needed);
    while (owned_.size() < needed) {
      owned_.emplace_back(allocate());
      chunks_.get()[owned_.size() - 1] = owned_.back().memory.get();
    }
    for (std::size_t chunk = rows_ / kChunkRows; chunk < needed; ++chunk)
      owned_[chunk].advise(std::min(rows - chunk * kChunkRows, kChunkRows) * stride_ * sizeof(T));
    rows_ = std::max(rows_, rows);
  }

  /// Rows that stand one after the other in somebody's memory, which outlives this.
  void borrow(const T* values, std::size_t rows) {
    assert(rows <= kMostRows && owned_.empty());
    for (std::size_t chunk = 0; chunk * kChunkRows < rows; ++chunk)
      // Only const rows of a borrowed array are handed out: who borrows keeps it const.
      chunks_.get()[chunk] = const_cast<T*>(values) + chunk * kChunkRows * stride_;
    rows_ = rows;
  }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20;

  struct Unmap {
    std::size_t bytes = 0;
    void operator()(T* memory) const { ::munmap(static_cast<void*>(memory), bytes); }
  };
  struct Chunk {
    std::unique_ptr<T[], Unmap> memory;
    std::size_t advised = 0;

    /// Huge pages for those that are filled to the end: a last one, hardly used, would take its
    /// whole size. A wish, not a need.
    void advise(std::size_t used) {
      const std::size_t filled = used / kHugePage * kHugePage;
      if (filled <= advised) return;
      ::madvise(memory_bytes() + advised, filled - advised, MADV_HUGEPAGE);
      advised = filled;
    }
    std::byte* memory_bytes() { return static_cast<std::byte*>(static_cast<void*>(memory.get())); }
  };

  Chunk allocate() const {
    const std::size_t bytes = kChunkRows * stride_ * sizeof(T);
    // The kernel places large maps on huge page boundaries only where their size is a multiple of
    // one; so take a page more, and give back what sticks out.
    const std::size_t taken = bytes + kHugePage;
    void* map = ::mmap(nullptr, taken, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) throw std::bad_alloc();
    auto* begin = static_cast<std::byte*>(map);
    const std::size_t skipped = -reinterpret_cast<std::uintptr_t>(begin) % kHugePage;
    if (skipped > 0) ::munmap(begin, skipped);
    if (taken - skipped > bytes) ::munmap(begin + skipped + bytes, taken - skipped - bytes);
    Chunk chunk;
    chunk.memory = std::unique_ptr<T[], Unmap>(static_cast<T*>(static_cast<void*>(begin + skipped)),
                                               Unmap{bytes});
    return chunk;
  }

  struct Free {
    void operator()(T** chunks) const { std::free(static_cast<void*>(chunks)); }
  };

  std::size_t stride_;
  std::size_t rows_ = 0;
  std::unique_ptr<T*, Free> chunks_;  ///< kMostChunks pointers, which never move either
  std::vector<Chunk> owned_;
};

}  // namespace kindred::index
