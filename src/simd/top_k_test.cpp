#include "simd/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

std::vector<Scored> sorted_best(std::vector<Scored> all, std::size_t k) {
  std::ranges::sort(all, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  all.resize(std::min(k, all.size()));
  return all;
}

TEST(TopKTest, IsTheBeginningOfTheSortedListOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(1);
    for (const std::size_t size : {0, 1, 7, 8, 9, 15, 16, 17, 33, 1000})
      for (const std::size_t k : {1, 2, 10, 1000}) {
        std::vector<Scored> all;
        std::vector<float> scores;
        std::vector<std::uint64_t> ids;
        for (std::size_t i = 0; i < size; ++i) {
          // Few values: many ties. Ids descend, so that the later of two equal ones wins.
          all.push_back({.score = static_cast<float>(random.below(20)) - 10, .id = size - i});
          scores.push_back(all.back().score);
          ids.push_back(all.back().id);
        }
        TopK whole(k);
        whole.offer(scores, ids);
        EXPECT_EQ(whole.take(), sorted_best(all, k)) << size << " scores, k " << k;

        TopK left(k), right(k);
        const std::size_t half = size / 2;
        left.offer(std::span(scores).first(half), std::span(ids).first(half));
        right.offer(std::span(scores).subspan(half), std::span(ids).subspan(half));
        right.merge(left);
        EXPECT_EQ(right.take(), sorted_best(all, k));
      }
  });
}

TEST(TopKTest, NumbersIdsThatAreNotGiven) {
  TopK best(2);
  best.offer(std::vector<float>{1, 3, 2}, {}, 100);
  EXPECT_EQ(best.take(), (std::vector<Scored>{{3, 101}, {2, 102}}));
}

TEST(TopKTest, WhatIsNotANumberComesLast) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float lowest = -std::numeric_limits<float>::infinity();
  TopK best(3);
  best.offer(std::vector<float>{nan, nan, nan, 1, lowest},
             std::vector<std::uint64_t>{9, 8, 7, 6, 5});
  EXPECT_EQ(best.take(), (std::vector<Scored>{{1, 6}, {lowest, 5}, {lowest, 7}}));
}

}  // namespace
}  // namespace kindred::simd
