#include "base/epochs.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace kindred::base {
namespace {

TEST(Epochs, AStampPassesWhenTheGuardsBeforeItAreGone) {
  Epochs epochs;
  EXPECT_TRUE(epochs.passed(epochs.stamp()));
  std::optional<Epochs::Guard> before(epochs.enter());
  const std::uint64_t stamp = epochs.stamp();
  const auto after = epochs.enter();
  EXPECT_FALSE(epochs.passed(stamp));
  before.reset();
  EXPECT_TRUE(epochs.passed(stamp));
  EXPECT_FALSE(epochs.passed(epochs.stamp()));
}

TEST(Epochs, NobodyReadsWhatWasUsedAgain) {
  // A cell is unlinked, and spoilt as soon as its stamp has passed: a reader that saw it spoilt
  // would have had it in view longer than it may.
  struct Cell {
    std::uint64_t value = 1;
  };
  Epochs epochs;
  std::atomic<Cell*> current{new Cell};
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (!done) {
        const auto guard = epochs.enter();
        const Cell* cell = current.load(std::memory_order_acquire);
        for (int again = 0; again < 10; ++again)
          if (cell->value != 1) ++wrong;
      }
    });
  std::vector<std::pair<std::unique_ptr<Cell>, std::uint64_t>> retired;
  for (int i = 0; i < 3000; ++i) {
    Cell* old = current.exchange(new Cell, std::memory_order_acq_rel);
    retired.emplace_back(old, epochs.stamp());
    std::erase_if(retired, [&](auto& cell) {
      if (!epochs.passed(cell.second)) return false;
      cell.first->value = 0;
      return true;
    });
  }
  done = true;
  readers.clear();
  EXPECT_EQ(wrong, 0);
  delete current.load();
}

}  // namespace
}  // namespace kindred::base
