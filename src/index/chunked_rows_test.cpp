#include "index/chunked_rows.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

namespace kindred::index {
namespace {

using Rows = ChunkedRows<std::uint32_t>;

TEST(ChunkedRows, GrowWithoutMoving) {
  Rows rows(3);
  rows.grow(1);
  std::uint32_t* first = rows.row(0);
  first[2] = 7;
  for (const std::size_t size : {2UZ, Rows::kChunkRows, Rows::kChunkRows + 1, 3 * Rows::kChunkRows})
    rows.grow(size);
  EXPECT_EQ(rows.row(0), first);
  EXPECT_EQ(rows.values(0)[2], 7);
  EXPECT_EQ(rows.bytes(), 3 * Rows::kChunkRows * 3 * sizeof(std::uint32_t));
  // To fewer changes nothing.
  rows.grow(5);
  EXPECT_EQ(rows.bytes(), 3 * Rows::kChunkRows * 3 * sizeof(std::uint32_t));
}

TEST(ChunkedRows, AreZeroAtFirstAndApart) {
  Rows rows(5);
  const std::size_t count = Rows::kChunkRows + 100;
  rows.grow(count);
  for (std::size_t row = 0; row < count; ++row)
    for (std::uint32_t& value : rows.values(row)) {
      ASSERT_EQ(value, 0);
      value = static_cast<std::uint32_t>(row);
    }
  for (std::size_t row = 0; row < count; ++row)
    for (const std::uint32_t value : rows.values(row)) ASSERT_EQ(value, row);
}

TEST(ChunkedRows, ReadSomebodysMemory) {
  std::vector<std::uint32_t> memory((Rows::kChunkRows + 3) * 2);
  std::iota(memory.begin(), memory.end(), 0U);
  Rows rows(2);
  rows.borrow(memory.data(), Rows::kChunkRows + 3);
  const Rows& borrowed = rows;
  for (const std::size_t row : {0UZ, 1UZ, Rows::kChunkRows - 1, Rows::kChunkRows + 2})
    EXPECT_EQ(borrowed.row(row), memory.data() + 2 * row);
}

/// A reader that learnt of a row through an acquiring load reads it while others come into being.
TEST(ChunkedRows, GrowBesideAReader) {
  Rows rows(1);
  std::atomic<std::size_t> published = 0;
  std::atomic<std::size_t> wrong = 0;
  std::thread reader([&] {
    for (std::size_t seen = 0; seen < 3 * Rows::kChunkRows;) {
      seen = published.load(std::memory_order_acquire);
      for (std::size_t row = seen; row-- > 0 && row + 100 > seen;)
        if (*rows.row(row) != row + 1) ++wrong;
    }
  });
  for (std::size_t row = 0; row < 3 * Rows::kChunkRows; ++row) {
    if (row % 1000 == 0) rows.grow(std::min(row + 1000, 3 * Rows::kChunkRows));
    *rows.row(row) = static_cast<std::uint32_t>(row + 1);
    published.store(row + 1, std::memory_order_release);
  }
  reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace kindred::index
