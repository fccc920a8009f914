#include "text/training/bpe_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace kindred::text {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<WordCount> counted(const std::vector<std::pair<std::string, std::uint64_t>>& words) {
  WordCounter counter;
  for (const auto& [word, count] : words) counter.add(word, count);
  return counter.sorted();
}

TEST(WordCounter, ForgetsTheOrder) {
  WordCounter one;
  for (const char* word : {"b", "a", "b", "\u00e9"}) one.add(word);
  WordCounter other;
  other.add("a", 2);
  other.add(one);
  EXPECT_THAT(other.sorted(),
              ElementsAre(WordCount{"a", 3}, WordCount{"b", 2}, WordCount{"\u00e9", 1}));
}

TEST(BpeTrainer, AgreesWithTheReference) {
  std::ifstream file(std::string(KINDRED_FIXTURES) + "/training/bpe.json");
  const json fixture = json::parse(file);
  WordCounter counter;
  for (const auto& [word, count] : fixture["words"].items()) counter.add(word, count);
  const auto words = counter.sorted();
  ASSERT_GT(fixture["cases"].size(), 4U);
  for (const json& row : fixture["cases"]) {
    const json& settings = row["settings"];
    const BpeTraining options{
        .vocabulary_size = settings["vocab_size"],
        .min_frequency = settings.value("min_frequency", 0U),
        .special_tokens = settings.value("special_tokens", std::vector<std::string>()),
        .alphabet = settings.value("initial_alphabet", std::vector<std::string>()),
        .limit_alphabet = settings.value("limit_alphabet", std::size_t{0}),
        .continuing_prefix = ""};
    const auto trained = train_bpe(words, options);
    ASSERT_TRUE(trained.has_value());
    EXPECT_EQ(json(trained->tokens), row["tokens"]) << settings;
    json merges = json::array();
    for (const auto& [first, second] : trained->merges)
      merges.push_back(json::array({trained->tokens[first], trained->tokens[second]}));
    EXPECT_EQ(merges, row["merges"]) << settings;
  }
}

TEST(BpeTrainer, MarksWhatContinuesAWord) {
  const auto words = counted({{"abc", 5}, {"bc", 3}});
  const auto trained = train_bpe(
      words,
      {.vocabulary_size = 9, .special_tokens = {}, .alphabet = {}, .continuing_prefix = "##"});
  EXPECT_THAT(trained->tokens, ElementsAre("a", "b", "c", "##b", "##c", "ab", "abc", "bc"));
}

TEST(BpeTrainer, EndsWhereThereIsNothingToMerge) {
  const auto none =
      train_bpe({}, {.special_tokens = {"<s>"}, .alphabet = {}, .continuing_prefix = ""});
  EXPECT_THAT(none->tokens, ElementsAre("<s>"));
  EXPECT_THAT(none->merges, IsEmpty());
  const auto single = train_bpe(counted({{"a", 100}, {"bc", 1}}),
                                {.special_tokens = {}, .alphabet = {}, .continuing_prefix = ""});
  EXPECT_THAT(single->tokens, ElementsAre("a", "b", "c"));
}

TEST(BpeTrainer, MergesALongRunOfOneLetter) {
  const auto trained = train_bpe(
      counted({{std::string(100'000, 'a'), 2}}),
      {.vocabulary_size = 10, .special_tokens = {}, .alphabet = {}, .continuing_prefix = ""});
  ASSERT_EQ(trained->tokens.size(), 10U);
  EXPECT_EQ(trained->tokens.back(), std::string(512, 'a'));
}

TEST(BpeTrainer, StopsWhenItIsAsked) {
  const auto stopped = train_bpe(counted({{"abab", 5}}),
                                 {.special_tokens = {}, .alphabet = {}, .continuing_prefix = ""},
                                 [](const ProgressReport&) { return false; });
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace kindred::text
