#include "text/patterns/oniguruma.h"

#include <gtest/gtest.h>

#include <string>

#include "text/patterns/regular_expression.h"

namespace kindred::text {
namespace {

/// The matches of an expression, each between bars.
std::string found(std::string_view expression, std::string_view text) {
  const auto pattern = RegularExpression::compile(expression, "t.json");
  if (!pattern) return pattern.error().message;
  std::vector<Match> matches;
  (*pattern)->find(text, matches);
  std::string all;
  for (const Match match : matches) {
    all += '|';
    all += text.substr(match.begin, match.end - match.begin);
  }
  return all + '|';
}

TEST(Oniguruma, SaysTheSameInOtherWords) {
  EXPECT_EQ(found(R"(\h+)", "x0fF z"), "|0fF|");
  EXPECT_EQ(found(R"(\H+)", "x0fF z"), "|x| z|");
  EXPECT_EQ(found("(?m:a.b)", "a\nb"), "|a\nb|");
  EXPECT_EQ(found("a.b", "a\nb"), "|");
  EXPECT_EQ(found("^b$", "a\nb\nc"), "|b|");
  EXPECT_EQ(found("a{2,3}+b", "aaaaab"), "|aaaaab|");
  EXPECT_EQ(found("a{2}?b", "aab b"), "|aab|b|");
  EXPECT_EQ(found("a{,2}b", "aaab"), "|aab|");
  EXPECT_EQ(found("a{,}", "a{,}"), "|a{,}|");
  EXPECT_EQ(found("a**", "aab"), "|aa||");
  EXPECT_EQ(found("a(?i)b|c", "aB aC C c"), "|aB|aC|");
  EXPECT_EQ(found("(a(?i)b|c)d", "aBd aCd aCD"), "|aBd|aCd|");
  EXPECT_EQ(found(R"(\u0041|\x42|\x{e9})", "ABé"), "|A|B|é|");
  EXPECT_EQ(found(R"([\b\v]\v)", "\b\v"), "|\b\v|");
  EXPECT_EQ(found(R"(\p{Letter}\p{^lu}|\p{Uppercase_Letter})", "ab C1C"), "|ab|C1|C|");
  EXPECT_EQ(found(R"([\P{L}&&x])", "x"),
            "t.json: the regular expression \"[\\P{L}&&x]\" has, before byte 6, a set that is "
            "the intersection of two, which Kindred does not know");
  EXPECT_EQ(found(R"([[:punct:]]+[[:^digit:]])", "a.$b"), "|.$b|");
  EXPECT_EQ(found(R"([]a]+)", "]a["), "|]a|");
  EXPECT_EQ(found("(?#a ) (?:b)", " b"), "| b|");
  EXPECT_EQ(found(R"((?<q>['"]).*?\k<q>)", R"('a"b' "c")"), R"(|'a"b'|"c"|)");
  EXPECT_EQ(found(R"((a|b)\1)", "abba"), "|bb|");
}

TEST(Oniguruma, HasTheSetsOfTheReference) {
  // Letters of after Unicode 14, and what \w has but other libraries' does not, or the reverse.
  EXPECT_EQ(found(R"(\p{L})", "\u1c89\U000323af"), "|\u1c89|\U000323af|");
  EXPECT_EQ(found(R"([^\P{L}a]+)", "a\u1c89b-"), "|\u1c89b|");
  EXPECT_EQ(found(R"(\w+)", "a\u0301\u00b2_\u200db"), "|a\u0301\u00b2_|b|");
  EXPECT_EQ(found(R"(\s+)", "\u180e\u0085\u3000"), "|\u0085\u3000|");
  EXPECT_EQ(found(R"(\b.\b)", "\u0301 a"), "|\u0301| |a|");
}

TEST(Oniguruma, NamesWhatIsWrong) {
  for (const char* wrong : {"(",
                            ")",
                            "[a",
                            "[a[b]]",
                            "*a",
                            "a|*",
                            "(?x)a b",
                            "(?~a)",
                            "(*FAIL)",
                            "(?P<a>b)",
                            "(?R)",
                            R"(\q)",
                            R"(\X)",
                            R"(\p{})",
                            R"(\p{No such})",
                            R"(\xff)",
                            R"(\x{110000})",
                            R"(\u12)",
                            R"([[:nothing:]])",
                            "\\",
                            "(?<a>b",
                            "(?#a",
                            R"(\k<)",
                            R"([\R])",
                            "a{9,2}",
                            "(?<=a*)b",
                            "[b-a]"}) {
    const auto pattern = RegularExpression::compile(wrong, "t.json: pattern");
    ASSERT_FALSE(pattern) << wrong;
    EXPECT_TRUE(pattern.error().message.starts_with("t.json: pattern: "))
        << pattern.error().message;
    EXPECT_NE(pattern.error().message.find(wrong), std::string::npos) << pattern.error().message;
  }
}

}  // namespace
}  // namespace kindred::text
