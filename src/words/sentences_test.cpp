// Phrases, baskets, and vectors whose means are those of sentences.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/random.h"
#include "kindred/word_training.h"
#include "kindred/word_vectors.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using ::testing::HasSubstr;
using Files = std::vector<std::filesystem::path>;

TEST(PhrasesTest, JoinWhatStandsTogetherMoreThanByChance) {
  const testing::TemporaryFolder folder;
  std::string text;
  base::Random random(1);
  for (int line = 0; line < 200; ++line) {
    // "new york" always together; "the" before anything.
    for (int word = 0; word < 6; ++word)
      text +=
          "the w" + std::to_string(random.below(30)) + (random.below(3) == 0 ? " new york " : " ");
    text += "\n";
  }
  const Files files = {folder.write("text", text)};
  const auto output = folder.path() / "phrases";
  const auto joined = join_phrases(files, output, {.threshold = 5});
  ASSERT_TRUE(joined) << joined.error().message;
  const std::string found = *base::read_file(output);
  EXPECT_EQ(found.find("new york"), std::string::npos);
  EXPECT_THAT(found, HasSubstr(" new_york"));
  EXPECT_EQ(found.find("the_"), std::string::npos);
  EXPECT_EQ(std::ranges::count(found, '\n'), 201);  // the file's end ends a line
  std::size_t count = 0;
  for (std::size_t at = found.find("new_york"); at != std::string::npos;
       at = found.find("new_york", at + 1))
    ++count;
  EXPECT_EQ(count, *joined);
  // Rare pairs are forgotten where there are many, frequent ones stay.
  EXPECT_GT(*join_phrases(files, output, {.threshold = 5, .most_pairs = 40}), *joined / 2);
}

TEST(PhrasesTest, ScoresAreThoseOfThePaper) {
  const testing::TemporaryFolder folder;
  // a b 4 times, a 5 times, b 4 times, 10 words: (4 - 1) / 20 * 10 = 1.5.
  const Files files = {folder.write("text", "a b\na b\na b\na b\na c\n")};
  const auto output = folder.path() / "phrases";
  EXPECT_EQ(*join_phrases(files, output, {.threshold = 1.49, .min_count = 1}), 4U);
  EXPECT_EQ(*base::read_file(output), "a_b\na_b\na_b\na_b\na c\n\n");
  EXPECT_EQ(*join_phrases(files, output, {.threshold = 1.51, .min_count = 1}), 0U);
  const Files empty = {folder.write("empty", "")};
  EXPECT_THAT(join_phrases(empty, output).error().message, HasSubstr("no word in the text"));
}

TEST(BasketTest, ItemsOfOneBasketAreNearWhateverTheirOrder) {
  const testing::TemporaryFolder folder;
  base::Random random(1);
  std::string text;
  for (int basket = 0; basket < 3000; ++basket) {
    // An item of a kind at either end of the basket, others of all kinds between them.
    const std::uint64_t kind = random.below(4);
    fmt::format_to(std::back_inserter(text), "k{}_{}", kind, random.below(5));
    for (int i = 0; i < 4; ++i) fmt::format_to(std::back_inserter(text), " x{}", random.below(40));
    fmt::format_to(std::back_inserter(text), " k{}_{}\n", kind, random.below(5));
  }
  const Files files = {folder.write("text", text)};
  const auto vectors = train_word_vectors(
      files, {.dimensions = 16, .window = 0, .epochs = 20, .sample = 0, .learning_rate = 0.05});
  ASSERT_TRUE(vectors) << vectors.error().message;
  int right = 0;
  for (int kind = 0; kind < 4; ++kind)
    for (int item = 0; item < 5; ++item) {
      const std::string name = fmt::format("k{}_{}", kind, item);
      const std::vector<std::size_t> self = {*vectors->find(name)};
      const auto hits = vectors->nearest(*vectors->vector_of(name), {.k = 1, .leave_out = self});
      if (vectors->word(hits[0].id).substr(0, 3) == name.substr(0, 3)) ++right;
    }
  EXPECT_GE(right, 18);
}

TEST(SifTest, MeansAreThoseOfThePaper) {
  const testing::TemporaryFolder folder;
  base::Random random(1);
  constexpr std::size_t kWords = 20;
  constexpr std::size_t kDimensions = 5;
  Matrix rows(kWords, kDimensions);
  for (float& value : rows.values()) value = random.normal() + 0.7F;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kWords; ++i) names.push_back(fmt::format("w{}", i));
  const auto vectors =
      WordVectors::make(std::vector<std::string_view>(names.begin(), names.end()), rows.clone());
  std::vector<std::vector<std::size_t>> sentences(300);
  std::vector<double> counts(kWords, 0);
  std::string text;
  double all = 0;
  for (auto& sentence : sentences) {
    for (int i = 0; i < 6; ++i) {
      const std::size_t word = random.below(1 + random.below(kWords));
      sentence.push_back(word);
      fmt::format_to(std::back_inserter(text), "{} ", names[word]);
      ++counts[word];
      ++all;
    }
    text += "\n";
  }
  const Files files = {folder.write("text", text)};
  constexpr double kA = 0.05;
  const auto weighted = sif_weighted(*vectors, files, kA, true);
  ASSERT_TRUE(weighted) << weighted.error().message;
  const auto whole = sif_weighted(*vectors, files, kA);
  ASSERT_TRUE(whole) << whole.error().message;

  // The paper's way: weighted means, then the first singular vector of them taken out.
  const auto weight = [&](std::size_t word) { return kA / (kA + counts[word] / all); };
  std::vector<std::vector<double>> means;
  for (const auto& sentence : sentences) {
    std::vector<double> mean(kDimensions, 0);
    for (const std::size_t word : sentence)
      for (std::size_t k = 0; k < kDimensions; ++k)
        mean[k] += weight(word) * rows.row(word)[k] / static_cast<double>(sentence.size());
    means.push_back(mean);
  }
  std::vector<double> direction(kDimensions, 1);
  for (int iteration = 0; iteration < 500; ++iteration) {
    std::vector<double> next(kDimensions, 0);
    for (const auto& mean : means) {
      double along = 0;
      for (std::size_t k = 0; k < kDimensions; ++k) along += mean[k] * direction[k];
      for (std::size_t k = 0; k < kDimensions; ++k) next[k] += along * mean[k];
    }
    double length = 0;
    for (const double value : next) length += value * value;
    for (std::size_t k = 0; k < kDimensions; ++k) direction[k] = next[k] / std::sqrt(length);
  }
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    double along = 0;
    for (std::size_t k = 0; k < kDimensions; ++k) along += means[i][k] * direction[k];
    for (std::size_t k = 0; k < kDimensions; ++k) {
      double plain = 0;
      double without = 0;
      for (const std::size_t word : sentences[i]) {
        plain += weighted->vector(*weighted->find(names[word]))[k] / 6;
        without += whole->vector(*whole->find(names[word]))[k] / 6;
      }
      EXPECT_NEAR(plain, means[i][k], 1e-5);
      EXPECT_NEAR(without, means[i][k] - along * direction[k], 1e-4);
    }
  }
  EXPECT_THAT(sif_weighted(*vectors, files, 0).error().message, HasSubstr("not above 0"));
  const Files others = {folder.write("others", "nothing known\n")};
  EXPECT_THAT(sif_weighted(*vectors, others).error().message, HasSubstr("no word of the texts"));
}

}  // namespace
}  // namespace kindred
