#include "text/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace kindred::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> sentences;
  for (const auto [begin, end] : split_sentences(text))
    sentences.emplace_back(text.substr(begin, end - begin));
  return sentences;
}

TEST(Sentences, EndAtTheirMarks) {
  EXPECT_THAT(split("One is here. Two is there!  Is three? Yes\n"),
              ElementsAre("One is here.", "Two is there!", "Is three?", "Yes"));
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_THAT(split(" \n\t "), IsEmpty());
  EXPECT_THAT(split("no mark at all"), ElementsAre("no mark at all"));
  EXPECT_THAT(split("Really?! He left... Then he came."),
              ElementsAre("Really?!", "He left...", "Then he came."));
  EXPECT_THAT(split("He waited... and left."), ElementsAre("He waited... and left."));
}

TEST(Sentences, TakeAlongWhatCloses) {
  EXPECT_THAT(split("He said \"Go!\" and left. (It was late.) She stayed."),
              ElementsAre("He said \"Go!\" and left.", "(It was late.)", "She stayed."));
  EXPECT_THAT(split("\u201CWho?\u201D \u201CMe.\u201D They laughed."),
              ElementsAre("\u201CWho?\u201D", "\u201CMe.\u201D", "They laughed."));
  EXPECT_THAT(split("\u201EWer?\u201C fragte er. \u00BBIch.\u00AB Gut."),
              ElementsAre("\u201EWer?\u201C fragte er.", "\u00BBIch.\u00AB", "Gut."));
}

TEST(Sentences, DoNotEndAtOtherStops) {
  EXPECT_THAT(split("Pi is 3.14 or so. See example.org for more. OK."),
              ElementsAre("Pi is 3.14 or so.", "See example.org for more.", "OK."));
  EXPECT_THAT(split("Dr. J. R. Smith met Mrs. Brown, e.g. at No. 5. He liked it."),
              ElementsAre("Dr. J. R. Smith met Mrs. Brown, e.g. at No. 5.", "He liked it."));
  EXPECT_THAT(
      split("The U.S. President came. He lives in the U.S. The rest is known."),
      ElementsAre("The U.S. President came.", "He lives in the U.S.", "The rest is known."));
  EXPECT_THAT(split("Tea, milk, etc. are here. We sell tea, milk, etc. They buy."),
              ElementsAre("Tea, milk, etc. are here.", "We sell tea, milk, etc.", "They buy."));
  EXPECT_THAT(split("He said no. Then he left."), ElementsAre("He said no.", "Then he left."));
  EXPECT_THAT(split("1. First item\n\n2. Second item"),
              ElementsAre("1. First item", "2. Second item"));
  EXPECT_THAT(split("It was 1999. Then came 2000."),
              ElementsAre("It was 1999.", "Then came 2000."));
  EXPECT_THAT(split("So did I. You too."), ElementsAre("So did I.", "You too."));
}

TEST(Sentences, OfManyLanguages) {
  EXPECT_THAT(split("Das gilt z.B. f\u00FCr Hunde, d.h. Tiere. Es folgt Abb. 3 auf S. 7. Ende."),
              ElementsAre("Das gilt z.B. f\u00FCr Hunde, d.h. Tiere.", "Es folgt Abb. 3 auf S. 7.",
                          "Ende."));
  EXPECT_THAT(split("Mme. Dupont est l\u00E0. \u00C9coutez !"),
              ElementsAre("Mme. Dupont est l\u00E0.", "\u00C9coutez !"));
  EXPECT_THAT(split("\u00BFQu\u00E9 tal? \u00A1Bien! El Sr. Paz vino."),
              ElementsAre("\u00BFQu\u00E9 tal?", "\u00A1Bien!", "El Sr. Paz vino."));
  EXPECT_THAT(split("\u041E\u043D \u043F\u0440\u0438\u0448\u0451\u043B. \u041E\u043D\u0430 \u2014 "
                    "\u043D\u0435\u0442."),
              ElementsAre("\u041E\u043D \u043F\u0440\u0438\u0448\u0451\u043B.",
                          "\u041E\u043D\u0430 \u2014 \u043D\u0435\u0442."));
  EXPECT_THAT(split("\u6211\u5F88\u597D\u3002\u4F60\u5462\uFF1F\u4ED6\u8BF4\uFF1A\u300C\u597D\uFF01"
                    "\u300D\u3002"),
              ElementsAre("\u6211\u5F88\u597D\u3002", "\u4F60\u5462\uFF1F",
                          "\u4ED6\u8BF4\uFF1A\u300C\u597D\uFF01\u300D\u3002"));
  EXPECT_THAT(
      split("\u300C\u597D\uFF01\u300D\u300C\u4E0D\uFF01\u300D\u4ED6\u8BF4\u3002"),
      ElementsAre("\u300C\u597D\uFF01\u300D", "\u300C\u4E0D\uFF01\u300D\u4ED6\u8BF4\u3002"));
  EXPECT_THAT(split("\u092F\u0939 \u0939\u0948\u0964 \u0935\u0939 \u0925\u093E\u0964"),
              ElementsAre("\u092F\u0939 \u0939\u0948\u0964", "\u0935\u0939 \u0925\u093E\u0964"));
  EXPECT_THAT(split("\u0645\u0627 \u0647\u0630\u0627\u061F \u0643\u062A\u0627\u0628."),
              ElementsAre("\u0645\u0627 \u0647\u0630\u0627\u061F", "\u0643\u062A\u0627\u0628."));
}

TEST(Sentences, EndWithTheirParagraph) {
  EXPECT_THAT(split("A title\n\nA sentence over\ntwo lines. Next"),
              ElementsAre("A title", "A sentence over\ntwo lines.", "Next"));
  EXPECT_THAT(split("A title\r\n \r\nText"), ElementsAre("A title", "Text"));
}

TEST(Sentences, HaveAllThatIsNotSpaceOnceAndInOrder) {
  base::Random random(1);
  const std::vector<std::string> parts = {"a",      "B",    ".",        "!",      "\"",  ")",
                                          " ",      "\n",   "\n\n",     "Dr",     "1",   "\u3002",
                                          "\u300D", "\xff", "\xe4\xb8", "\u0964", "etc", "The"};
  for (int i = 0; i < 3'000; ++i) {
    std::string text;
    for (std::size_t size = random.below(30); size > 0; --size)
      text += parts[random.below(parts.size())];
    std::size_t last = 0;
    for (const auto [begin, end] : split_sentences(text)) {
      ASSERT_LT(begin, end);
      ASSERT_LE(last, begin);
      for (std::size_t j = last; j < begin; ++j)
        ASSERT_TRUE(text[j] == ' ' || text[j] == '\n') << text;
      last = end;
    }
    for (std::size_t j = last; j < text.size(); ++j)
      ASSERT_TRUE(text[j] == ' ' || text[j] == '\n') << text;
  }
}

TEST(Sentences, TakeLinearTime) {
  for (const char* part : {".", "a. ", "\"", "Mr. ", "\n", "a"}) {
    std::string text;
    while (text.size() < 2'000'000) text += part;
    split_sentences(text);
  }
}

}  // namespace
}  // namespace kindred::text
