#include "text/patterns/known_words.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "text/patterns/regular_expression.h"

namespace kindred::text {
namespace {

// Letters of each kind and case, endings, marks, numbers, signs, and white space of each kind.
constexpr std::string_view kPieces[] = {"a",
                                        "B",
                                        "s",
                                        "T",
                                        "ll",
                                        "'",
                                        "'s",
                                        "'LL",
                                        "'\u017f",
                                        "'re",
                                        "\u01c5",
                                        "\u02b0",
                                        "\u00aa",
                                        "\u4e2d",
                                        "\u30fc",
                                        "\u3072",
                                        "\u0301",
                                        "\u093e",
                                        "1",
                                        "23",
                                        "4567",
                                        "\u0663",
                                        "\u2167",
                                        "\u00bd",
                                        ".",
                                        "!",
                                        "/",
                                        "-",
                                        "$",
                                        "\U0001f600",
                                        "\u200d",
                                        "\u00ad",
                                        " ",
                                        "  ",
                                        "\t",
                                        "\n",
                                        "\r\n",
                                        "\n\n",
                                        "\u00a0",
                                        "\u3000",
                                        "\u0085",
                                        "\u2028",
                                        std::string_view("\0", 1)};

TEST(KnownWords, AreThoseOfTheExpression) {
  ASSERT_GE(known_expressions().size(), 9U);
  std::mt19937 random(1);
  for (const std::string_view expression : known_expressions()) {
    const auto fast = known_words(expression);
    const auto exact = RegularExpression::compile(expression, "");
    ASSERT_TRUE(fast != nullptr && exact) << expression;
    for (int round = 0; round < 3'000; ++round) {
      std::string text;
      for (std::size_t pieces = 1 + random() % 20; pieces > 0; --pieces)
        text += kPieces[random() % std::size(kPieces)];
      std::vector<Match> words;
      std::vector<Match> matches;
      fast->find(text, words);
      (*exact)->find(text, matches);
      ASSERT_EQ(words, matches) << expression << '\n' << testing::PrintToString(text);
    }
  }
}

TEST(KnownWords, TakeTimeInStepWithTheText) {
  // (A quadratic walk over these would take hours.)
  for (const std::string_view expression : known_expressions())
    for (const std::string_view piece : kPieces) {
      std::string text;
      while (text.size() < (1 << 20)) text += piece;
      std::vector<Match> words;
      known_words(expression)->find(text, words);
      EXPECT_LE(words.size(), text.size());
    }
}

TEST(KnownWords, AreNoOthers) {
  EXPECT_EQ(known_words(R"(\p{N}{1,4})"), nullptr);
  EXPECT_EQ(known_words(""), nullptr);
  EXPECT_NE(known_words(
                R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[)"
                "\r\n"
                R"(]*|\s*[\r\n]+|\s+(?!\S)|\s+)"),
            nullptr);
}

}  // namespace
}  // namespace kindred::text
