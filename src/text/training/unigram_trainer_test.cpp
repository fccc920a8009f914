#include "text/training/unigram_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/random.h"
#include "kindred/threads.h"

namespace kindred::text {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

/// Words that are put together from a few stems and endings.
std::vector<WordCount> planted() {
  const std::vector<std::string> stems = {"walk",      "talk",         "open",
                                          "\u00fcber", "\u6f22\u5b57", "stroll"};
  const std::vector<std::string> endings = {"", "ing", "ed", "er", "s", "ation"};
  WordCounter counter;
  base::Random random(1);
  for (const std::string& stem : stems)
    for (const std::string& ending : endings)
      counter.add("_" + stem + ending, 20 + random.below(30));
  return counter.sorted();
}

std::vector<std::string> texts_of(const std::vector<UnigramPiece>& pieces) {
  std::vector<std::string> texts;
  for (const UnigramPiece& piece : pieces) texts.push_back(piece.text);
  return texts;
}

TEST(UnigramTrainer, AgreesWithTheReference) {
  std::ifstream file(std::string(KINDRED_FIXTURES) + "/training/unigram.json");
  const json fixture = json::parse(file);
  WordCounter counter;
  for (const auto& [word, count] : fixture["words"].items()) counter.add(word, count);
  const auto words = counter.sorted();
  ASSERT_GT(fixture["cases"].size(), 3U);
  for (const json& row : fixture["cases"]) {
    const json& settings = row["settings"];
    const UnigramTraining options{
        .vocabulary_size = settings["vocab_size"],
        .max_piece_length = settings.value("max_piece_length", std::size_t{16}),
        .shrinking_factor = settings.value("shrinking_factor", 0.75)};
    const auto pieces = train_unigram(words, options);
    ASSERT_TRUE(pieces.has_value()) << pieces.error().message;
    std::map<std::string, double> expected;
    for (const json& piece : row["pieces"]) expected[piece[0]] = piece[1];
    ASSERT_EQ(pieces->size(), expected.size()) << settings;
    for (const auto& [text, score] : *pieces) {
      ASSERT_TRUE(expected.contains(text)) << text;
      // Characters that are no pieces after training have made-up scores, below all others.
      const bool made_up = score < pieces->back().score + 0.005;
      EXPECT_NEAR(score, expected[text], made_up ? 0.005 : 1e-9) << text;
    }
  }
}

TEST(UnigramTrainer, KeepsEveryCharacter) {
  const auto words = planted();
  const auto pieces = train_unigram(words, {.vocabulary_size = 24});
  ASSERT_TRUE(pieces.has_value()) << pieces.error().message;
  const auto texts = texts_of(*pieces);
  for (const char* character : {"_", "w", "a", "\u00fc", "\u6f22", "\u5b57"})
    EXPECT_THAT(texts, Contains(character));
  EXPECT_THAT(train_unigram(words, {.vocabulary_size = 10}).error().message,
              HasSubstr("a vocabulary of 10 pieces can't hold the"));
}

TEST(UnigramTrainer, HasNoPieceLongerThanItMayBe) {
  const auto pieces = train_unigram(planted(), {.vocabulary_size = 60, .max_piece_length = 3});
  ASSERT_TRUE(pieces.has_value());
  for (const UnigramPiece& piece : *pieces)
    EXPECT_LE(std::ranges::count_if(piece.text, [](char byte) { return (byte & 0xC0) != 0x80; }), 3)
        << piece.text;
}

TEST(UnigramTrainer, GivesTheSameAtAnyNumberOfThreads) {
  WordCounter counter;
  base::Random random(2);
  for (int i = 0; i < 3'000; ++i) {
    std::string word;
    for (std::size_t letters = 1 + random.below(12); letters > 0; --letters)
      word += static_cast<char>('a' + random.below(1 + random.below(20)));
    counter.add(word, 1 + random.below(5));
  }
  const auto words = counter.sorted();
  set_threads(1);
  const auto alone = train_unigram(words, {.vocabulary_size = 300});
  set_threads(3);
  const auto together = train_unigram(words, {.vocabulary_size = 300});
  set_threads(0);
  ASSERT_TRUE(alone.has_value() && together.has_value());
  EXPECT_EQ(*alone, *together);
  EXPECT_EQ(alone->size(), 300U);
}

TEST(UnigramTrainer, TakesWordsOfEveryShape) {
  EXPECT_TRUE(train_unigram({}, {})->empty());
  const std::vector<WordCount> single = {{"a", 1}};
  EXPECT_EQ(train_unigram(single, {})->size(), 1U);
  const std::vector<WordCount> run = {{std::string(20'000, 'a'), 3}};
  EXPECT_GE(train_unigram(run, {.vocabulary_size = 8})->size(), 1U);
  const auto stopped = train_unigram(planted(), {}, [](const ProgressReport&) { return false; });
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace kindred::text
