// Pairs of words beside a plain count of them, in little memory and in much.
#include "words/cooccurrence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "support/temporary_folder.h"
#include "words/corpus.h"
#include "words/glove_update.h"
#include "words/shared_matrix.h"

namespace kindred::words {
namespace {

using Pairs = std::map<std::pair<std::size_t, std::size_t>, double>;

/// Lines of many words, some of them far more frequent than others.
std::vector<std::vector<std::size_t>> random_lines(std::size_t lines, std::size_t words) {
  base::Random random(5);
  std::vector<std::vector<std::size_t>> text(lines);
  for (auto& line : text)
    for (int i = 0; i < 40; ++i) {
      const double place = random.uniform();
      line.push_back(static_cast<std::size_t>(place * place * static_cast<double>(words)));
    }
  return text;
}

std::string written(const std::vector<std::vector<std::size_t>>& lines) {
  std::string text;
  for (const auto& line : lines) {
    for (const std::size_t word : line) fmt::format_to(std::back_inserter(text), "w{} ", word);
    text += "\n";
  }
  return text;
}

Pairs plain_count(const std::vector<std::vector<std::size_t>>& lines, const Vocabulary& vocabulary,
                  std::size_t window) {
  Pairs pairs;
  for (const auto& line : lines) {
    std::vector<std::size_t> known;
    for (const std::size_t word : line)
      if (const auto id = vocabulary.find(fmt::format("w{}", word))) known.push_back(*id);
    for (std::size_t i = 0; i < known.size(); ++i)
      for (std::size_t d = 1; d <= std::min(window, i); ++d)
        pairs[std::minmax(known[i], known[i - d])] += 1.0 / static_cast<double>(d);
  }
  return pairs;
}

Pairs all_pairs(const Cooccurrences& counted) {
  Pairs pairs;
  for (const Tile& tile : counted.tiles()) {
    EXPECT_LE(tile.row_block, tile.column_block);
    for (const Pair& pair : counted.pairs(tile)) {
      const std::size_t row = tile.row_block * kBlock + pair.row;
      const std::size_t column = tile.column_block * kBlock + pair.column;
      EXPECT_LE(row, column);
      EXPECT_TRUE(pairs.emplace(std::pair(row, column), pair.weight).second);
    }
  }
  return pairs;
}

TEST(Cooccurrences, AreThoseOfAPlainCount) {
  const testing::TemporaryFolder folder;
  // More words than the arrays of the frequent ones hold; one block of text, since a line that is
  // cut by a block's end is two.
  const auto lines = random_lines(3800, 7000);
  const std::string text = written(lines);
  ASSERT_LT(text.size(), CorpusReader::kBlock);
  const std::vector<std::filesystem::path> files = {folder.write("text", text)};
  const auto vocabulary = Vocabulary::count(files, 2, {});
  ASSERT_TRUE(vocabulary);
  ASSERT_GT(vocabulary->size(), 8 * kBlock);
  const Pairs expected = plain_count(lines, *vocabulary, 6);
  const auto counted = Cooccurrences::count(files, *vocabulary, {.window = 6}, {});
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_EQ(counted->size(), expected.size());
  const Pairs pairs = all_pairs(*counted);
  ASSERT_EQ(pairs.size(), expected.size());
  for (const auto& [pair, weight] : expected) {
    const auto found = pairs.find(pair);
    ASSERT_NE(found, pairs.end());
    EXPECT_NEAR(found->second, weight, 1e-6 * weight);
  }
}

TEST(Cooccurrences, AreTheSameToTheLastBitWhereverTheyAreCounted) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {
      folder.write("text", written(random_lines(12'000, 7000)))};
  const auto vocabulary = Vocabulary::count(files, 2, {});
  ASSERT_TRUE(vocabulary);
  std::vector<Pair> first;
  for (const std::size_t count : {1, 3})
    for (const std::size_t memory : {std::size_t{1}, std::size_t{4} << 30}) {
      set_threads(count);
      const auto counted =
          Cooccurrences::count(files, *vocabulary, {.window = 6, .memory = memory}, {});
      ASSERT_TRUE(counted) << counted.error().message;
      std::vector<Pair> pairs;
      for (const Tile& tile : counted->tiles()) {
        const auto some = counted->pairs(tile);
        pairs.insert(pairs.end(), some.begin(), some.end());
      }
      if (first.empty()) first = pairs;
      EXPECT_TRUE(pairs == first) << count << " threads, memory " << memory;
    }
  set_threads(0);
}

TEST(Cooccurrences, LinesEndAndSmallTextsHaveFew) {
  const testing::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.write("text", "a b\nc a\na")};
  const auto vocabulary = Vocabulary::count(files, 1, {});
  const auto counted = Cooccurrences::count(files, *vocabulary, {.window = 5}, {});
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_EQ(all_pairs(*counted), (Pairs{{{0, 1}, 1.0}, {{0, 2}, 1.0}}));

  const std::vector<std::filesystem::path> single = {folder.write("single", "a\n")};
  const auto lonely = Vocabulary::count(single, 1, {});
  const auto none = Cooccurrences::count(single, *lonely, {.window = 5}, {});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->size(), 0U);
  EXPECT_TRUE(none->tiles().empty());
}

TEST(GloveUpdate, StepsAreThoseOfAdaGradOnItsObjective) {
  for (const std::size_t dimensions : {1, 14, 15, 50}) {
    const std::size_t stride = (dimensions + 2 + kRowPadding - 1) / kRowPadding * kRowPadding;
    SharedMatrix rows(2, 4 * stride);
    base::Random random(dimensions);
    const auto fill = [&](float* values, std::size_t bias, std::size_t one) {
      for (std::size_t k = 0; k < dimensions; ++k) values[k] = random.normal() * 0.3F;
      values[bias] = random.normal() * 0.3F;
      values[one] = 1;
    };
    for (std::size_t i = 0; i < 2; ++i) {
      fill(rows.row(i), dimensions, dimensions + 1);
      fill(rows.row(i) + 2 * stride, dimensions + 1, dimensions);
      for (std::size_t k = 0; k < stride; ++k) {
        rows.row(i)[stride + k] = 1.5F;
        rows.row(i)[3 * stride + k] = 2.5F;
      }
    }
    const std::vector<float> before(rows.row(0), rows.row(0) + 2 * rows.stride());
    const auto value = [&](std::size_t row, std::size_t part, std::size_t k) -> double {
      return before[row * rows.stride() + part * stride + k];
    };
    // A word with itself: one direction, as word and as context.
    const Pair pair{.row = 1, .column = 1, .weight = 7.0F};
    constexpr double kRate = 0.05;
    constexpr double kMaximum = 20;
    const double share = std::pow(14.0 / kMaximum, 0.75);
    double difference = -std::log(14.0);  // a word with itself is near itself twice
    for (std::size_t k = 0; k < stride; ++k) difference += value(1, 0, k) * value(1, 2, k);
    update_glove({.pairs = std::span(&pair, 1),
                  .rows = rows.row(0),
                  .columns = rows.row(0),
                  .dimensions = dimensions,
                  .stride = stride,
                  .rate = static_cast<float>(kRate),
                  .maximum = static_cast<float>(kMaximum)});
    for (std::size_t k = 0; k < stride; ++k) {
      // Of share / 2 * difference^2, by w and by c.
      const double word_step = kRate * share * difference * value(1, 2, k);
      const double context_step = kRate * share * difference * value(1, 0, k);
      const bool word_one = k == dimensions + 1;
      const bool context_one = k == dimensions;
      EXPECT_NEAR(rows.row(1)[k], word_one ? 1 : value(1, 0, k) - word_step / std::sqrt(1.5), 1e-6);
      EXPECT_NEAR(rows.row(1)[2 * stride + k],
                  context_one ? 1 : value(1, 2, k) - context_step / std::sqrt(2.5), 1e-6);
      EXPECT_NEAR(rows.row(1)[stride + k], 1.5 + word_step * word_step, 1e-6);
      EXPECT_NEAR(rows.row(1)[3 * stride + k], 2.5 + context_step * context_step, 1e-6);
      EXPECT_EQ(rows.row(0)[k], before[k]);
    }
  }
}

}  // namespace
}  // namespace kindred::words
