#include "files/jsonl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace kindred::files {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

JsonLines of(std::string_view text) { return JsonLines(LineReader::of(text, "corpus.jsonl")); }

/// The error of the first line that has one.
std::string problem(std::string_view text) {
  auto documents = of(text);
  for (;;) {
    const auto more = documents.next();
    if (!more) return more.error().message;
    if (!*more) return "no error";
  }
}

TEST(JsonLines, GivesTheFieldsOfEachDocument) {
  const TemporaryFolder folder;
  auto documents =
      JsonLines::open(folder.write("a.jsonl",
                                   "{\"id\": 7, \"text\": \"first\"}\n\n \t "
                                   "\r\n{\"text\":\"caf\\u00e9 \\\"x\\\"\",\"id\":\"b\"}"));
  ASSERT_TRUE(documents);
  ASSERT_TRUE(*documents->next());
  EXPECT_EQ(*documents->text("text"), "first");
  EXPECT_EQ(*documents->text("id"), "7");
  EXPECT_EQ(documents->lines().number(), 1U);
  ASSERT_TRUE(*documents->next());
  EXPECT_EQ(*documents->text("text"), "caf\u00e9 \"x\"");
  EXPECT_EQ(*documents->text("id"), "b");
  EXPECT_EQ(documents->lines().number(), 4U);
  EXPECT_FALSE(*documents->next());
}

TEST(JsonLines, SpellsNumbersAsTheFileDoes) {
  auto documents = of(R"({"a":18446744073709551615,"b":-0,"c":1.50e+3 ,"d":-9223372036854775808})");
  ASSERT_TRUE(*documents.next());
  EXPECT_EQ(*documents.text("a"), "18446744073709551615");
  EXPECT_EQ(*documents.text("b"), "-0");
  EXPECT_EQ(*documents.text("c"), "1.50e+3");
  EXPECT_EQ(*documents.text("d"), "-9223372036854775808");
}

TEST(JsonLines, KeepsTheOtherFieldsAsTheyAre) {
  auto documents =
      of(R"( { "text" : "t" , "a b" : [ 1.0 , { "x" : "] , }\\\" " } , [ ] ] , "id":1,)"
         R"("\u0065":null , "o":{ } } )");
  ASSERT_TRUE(*documents.next());
  EXPECT_EQ(documents.others({"text", "id"}),
            R"({"a b":[1.0,{"x":"] , }\\\" "},[]],"\u0065":null,"o":{}})");
  EXPECT_EQ(documents.others({"text", "id", "a b", "e", "o"}), "{}");
  auto empty = of("{ }");
  ASSERT_TRUE(*empty.next());
  EXPECT_EQ(empty.others({}), "{}");
}

TEST(JsonLines, TakesTheLastOfFieldsWithTheSameName) {
  auto documents = of(R"({"a":1,"b":2,"\u0061":3,"b":4,"c":5})");
  ASSERT_TRUE(*documents.next());
  EXPECT_EQ(*documents.text("a"), "3");
  EXPECT_EQ(*documents.text("b"), "4");
  EXPECT_EQ(documents.others({"b"}), R"({"\u0061":3,"c":5})");
}

TEST(JsonLines, NamesTheFieldThatIsNotText) {
  auto documents = of(R"({"n":null,"t":true,"l":[1],"o":{},"e":""})");
  ASSERT_TRUE(*documents.next());
  const auto message = [&](std::string_view field) {
    return documents.text(field).error().message;
  };
  EXPECT_EQ(message("x"), "corpus.jsonl: line 1: has no field \"x\"");
  EXPECT_EQ(message("n"), "corpus.jsonl: line 1: field \"n\" is null, text is needed");
  EXPECT_EQ(message("t"), "corpus.jsonl: line 1: field \"t\" is true or false, text is needed");
  EXPECT_EQ(message("l"), "corpus.jsonl: line 1: field \"l\" is an array, text is needed");
  EXPECT_EQ(*documents.text("e"), "");
  EXPECT_FALSE(documents.optional_text("x")->has_value());
  EXPECT_FALSE(documents.optional_text("n")->has_value());
  EXPECT_FALSE(documents.optional_text("o"));
  EXPECT_EQ(**documents.optional_text("e"), "");
}

TEST(JsonLines, NamesTheLineThatIsBroken) {
  EXPECT_EQ(problem("{}\n\n{\"a\":}\n{}"), "corpus.jsonl: line 3: is not valid JSON");
  EXPECT_EQ(problem("{}\n[1]"), "corpus.jsonl: line 2: is an array, an object is needed");
  EXPECT_EQ(problem("7"), "corpus.jsonl: line 1: is a number, an object is needed");
  EXPECT_EQ(problem("{\"a\":\"\xff\"}"), "corpus.jsonl: line 1: is not valid UTF-8");
  EXPECT_THAT(problem("{\"a\":\"b"), HasSubstr("a string is broken off"));
  EXPECT_THAT(problem(std::string_view("{\"a\":\"\0\"}", 9)), HasSubstr("control character"));
  EXPECT_THAT(problem("{\"a\":1e999}"), HasSubstr("a number is malformed or does not fit"));
  EXPECT_THAT(problem("{\"a\":\"\\ud800\"}"), HasSubstr("wrong escape"));
  for (const std::string_view text :
       {"{", "}", "{}{}", "{} x", "{\"a\"}", "{a:1}", "{\"a\":1,}", "nul"})
    EXPECT_NE(problem(text), "no error") << text;
}

TEST(JsonLines, LimitsNesting) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(problem(nested(200)), "no error");
  EXPECT_THAT(problem(nested(100'000)), HasSubstr("nested deeper than 256 levels"));
}

TEST(JsonLines, HasManyFieldsAndLongLines) {
  std::string line = "{";
  for (int i = 0; i < 100'000; ++i)
    line += "\"f" + std::to_string(i % 50'000) + "\":" + std::to_string(i) + ",";
  line += "\"text\":\"" + std::string(1'000'000, 'x') + "\"}";
  auto documents = of(line);
  ASSERT_TRUE(*documents.next());
  EXPECT_EQ(*documents.text("f49999"), "99999");
  EXPECT_EQ(documents.text("text")->size(), 1'000'000U);
}

}  // namespace
}  // namespace kindred::files
