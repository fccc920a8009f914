#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "kindred/threads.h"

namespace kindred::base {
namespace {

/// Sets the number of threads for one test.
class Threads {
 public:
  explicit Threads(std::size_t count) { set_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { set_threads(0); }
};

void expect_each_item_once(std::size_t count) {
  std::vector<std::atomic<int>> seen(count);
  parallel_for(count, [&](std::size_t item, std::size_t) { ++seen[item]; });
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(seen[i], 1) << i << " of " << count;
}

TEST(Threads, AreAtLeastOneAndAtMostAThousand) {
  const Threads one(1);
  EXPECT_EQ(threads(), 1U);
  set_threads(3);
  EXPECT_EQ(threads(), 3U);
  set_threads(static_cast<std::size_t>(-1));
  EXPECT_EQ(threads(), 1024U);
  set_threads(0);
  EXPECT_GE(threads(), 1U);
}

TEST(ParallelFor, RunsEachItemOnce) {
  for (const std::size_t count : {1, 2, 4, 7}) {
    const Threads setting(count);
    for (const std::size_t items : {0, 1, 2, 3, 5, 1000}) expect_each_item_once(items);
  }
}

TEST(ParallelFor, GivesNoWorkerNumberTwiceAtOnce) {
  const Threads setting(4);
  std::vector<std::atomic<int>> inside(4);
  std::atomic<bool> wrong = false;
  for (int round = 0; round < 200; ++round)
    parallel_for(16, [&](std::size_t, std::size_t worker) {
      if (worker >= 4 || inside[worker].fetch_add(1) != 0) wrong = true;
      std::this_thread::yield();
      if (worker < 4) inside[worker].fetch_sub(1);
    });
  EXPECT_FALSE(wrong);
}

TEST(ParallelFor, ReallyRunsInParallel) {
  const Threads setting(3);
  std::atomic<int> waiting = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  // Each of three items waits for the others: one thread alone would never finish.
  parallel_for(3, [&](std::size_t, std::size_t) {
    ++waiting;
    while (waiting < 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  });
  EXPECT_EQ(waiting, 3);
  EXPECT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST(ParallelFor, RunsALoopWithinALoopOnTheThreadThatStartedIt) {
  const Threads setting(3);
  std::atomic<std::size_t> runs = 0;
  std::atomic<bool> wrong = false;
  parallel_for(20, [&](std::size_t, std::size_t) {
    const auto thread = std::this_thread::get_id();
    parallel_for(30, [&](std::size_t, std::size_t worker) {
      ++runs;
      if (worker != 0 || std::this_thread::get_id() != thread) wrong = true;
    });
  });
  EXPECT_EQ(runs, 600U);
  EXPECT_FALSE(wrong);
}

TEST(ParallelFor, ServesManyCallersAtOnce) {
  const Threads setting(4);
  std::vector<std::size_t> sums(6);
  {
    std::vector<std::jthread> callers;
    for (std::size_t caller = 0; caller < sums.size(); ++caller)
      callers.emplace_back([&sums, caller] {
        for (int round = 0; round < 100; ++round) {
          std::vector<std::size_t> parts(4);
          parallel_for(50, [&](std::size_t item, std::size_t worker) { parts[worker] += item; });
          sums[caller] += std::accumulate(parts.begin(), parts.end(), std::size_t{0});
        }
      });
  }
  for (const std::size_t sum : sums) EXPECT_EQ(sum, 100U * 50 * 49 / 2);
}

TEST(ParallelFor, TakesANewNumberOfThreadsWithTheNextLoop) {
  const Threads setting(1);
  std::jthread changer([](const std::stop_token& stop) {
    for (std::size_t count = 1; !stop.stop_requested(); count = count % 5 + 1) {
      set_threads(count);
      std::this_thread::yield();
    }
  });
  for (int round = 0; round < 300; ++round) expect_each_item_once(37);
}

TEST(ParallelFor, HandsOnAnExceptionOnceTheLoopHasStopped) {
  for (const std::size_t count : {1, 4}) {
    const Threads setting(count);
    for (const std::size_t thrower : {0, 17, 99}) {
      std::atomic<int> inside = 0;
      const auto loop = [&] {
        parallel_for(100, [&](std::size_t item, std::size_t) {
          ++inside;
          if (item == thrower) {
            --inside;
            throw std::bad_alloc();
          }
          std::this_thread::yield();
          --inside;
        });
      };
      EXPECT_THROW(loop(), std::bad_alloc);
      EXPECT_EQ(inside, 0);
      expect_each_item_once(100);
    }
  }
}

TEST(ParallelFor, HandsOnOneOfManyExceptions) {
  const Threads setting(4);
  for (int round = 0; round < 50; ++round)
    EXPECT_THROW(parallel_for(100, [](std::size_t, std::size_t) { throw std::bad_alloc(); }),
                 std::bad_alloc);
}

}  // namespace
}  // namespace kindred::base
