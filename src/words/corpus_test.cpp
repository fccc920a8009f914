#include "words/corpus.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kindred/threads.h"
#include "support/temporary_folder.h"
#include "words/vocabulary.h"

namespace kindred::words {
namespace {

class CorpusTest : public ::testing::Test {
 protected:
  /// The words of some files, with "|" where a line ends.
  static std::vector<std::string> words_of(std::vector<std::filesystem::path> files) {
    CorpusReader reader(std::move(files));
    std::vector<std::string> words;
    std::string text;
    std::uint64_t expected = 0;
    for (;;) {
      const auto block = reader.next(text).value();
      if (!block) break;
      EXPECT_EQ(*block, expected++);
      for_words(
          text, [&](std::string_view word) { words.emplace_back(word); },
          [&] {
            if (!words.empty() && words.back() != "|") words.emplace_back("|");
          });
    }
    return words;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(CorpusTest, CutsAtWhiteSpace) {
  const auto a = folder_.write("a", "one two\tthree\r\n\n  four\vfive\fsix  ");
  const auto b = folder_.write("b", "seven\xff\xfe eight");
  const auto empty = folder_.write("c", "");
  EXPECT_EQ(words_of({a, empty, b}),
            (std::vector<std::string>{"one", "two", "three", "|", "four", "five", "six", "|",
                                      "seven\xff\xfe", "eight", "|"}));
  EXPECT_EQ(words_of({empty}), std::vector<std::string>{});
}

TEST_F(CorpusTest, WordsGoOnOverBlocks) {
  std::string text;
  std::vector<std::string> expected;
  for (std::size_t i = 0; text.size() < 3 * CorpusReader::kBlock; ++i) {
    expected.push_back(std::to_string(i * 7919));
    text += expected.back() + " ";
  }
  expected.emplace_back("|");
  EXPECT_EQ(words_of({folder_.write("large", text)}), expected);
}

TEST_F(CorpusTest, WhatIsTooLongIsNoWord) {
  const std::string longest(kLongestWord, 'x');
  EXPECT_EQ(words_of({folder_.write("a", "a " + longest + " b " + longest + "y c")}),
            (std::vector<std::string>{"a", longest, "b", "c", "|"}));
  // Over several blocks, with a word behind it.
  const std::string endless(3 * CorpusReader::kBlock + 100, 'x');
  EXPECT_EQ(words_of({folder_.write("b", endless + " end")}),
            (std::vector<std::string>{"end", "|"}));
  EXPECT_EQ(words_of({folder_.write("c", endless)}), std::vector<std::string>{});
}

TEST_F(CorpusTest, VocabularyIsTheSameAtAnyNumberOfThreads) {
  std::string text = "b a c a b a  rare\n";
  for (int i = 0; i < 400'000; ++i) text += i % 3 == 0 ? "b " : "a ";
  const std::vector<std::filesystem::path> files = {folder_.write("text", text)};
  for (const std::size_t count : {1, 2, 5}) {
    set_threads(count);
    const auto vocabulary = Vocabulary::count(files, 1, {});
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    ASSERT_EQ(vocabulary->size(), 4U);
    EXPECT_EQ(vocabulary->word(0), "a");
    EXPECT_EQ(vocabulary->word(1), "b");
    EXPECT_EQ(vocabulary->word(2), "c");  // as often as "rare", and before it in its bytes
    EXPECT_EQ(vocabulary->word(3), "rare");
    EXPECT_EQ(vocabulary->count(0), 3U + 266'666);
    EXPECT_EQ(vocabulary->corpus_words(), 400'007U);
    const auto frequent = Vocabulary::count(files, 2, {});
    EXPECT_EQ(frequent->size(), 2U);
    EXPECT_EQ(frequent->known_words(), 400'005U);
    EXPECT_EQ(frequent->find("rare"), std::nullopt);
  }
  set_threads(0);
  EXPECT_EQ(Vocabulary::count(files, 1'000'000, {}).error().message,
            "no word comes 1000000 times in the text");
}

}  // namespace
}  // namespace kindred::words
