#include "store/check_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace kindred::store {
namespace {

std::string refusal_of(const Document& document, std::vector<float> vector = {1, 2}) {
  const std::vector<Document> one = {document};
  const auto checked = check_documents("news", 2, one, {vector.data(), 1, vector.size()});
  return checked.has_value() ? "" : checked.error().message;
}

TEST(CheckDocuments, TakesWhatTheRulesAllow) {
  EXPECT_EQ(refusal_of({.id = "a", .text = "", .fields = "{}"}), "");
  EXPECT_EQ(refusal_of({.id = "\xf0\x9f\x98\x80", .text = std::string("\0\xff", 2)}), "");
  EXPECT_EQ(refusal_of({.id = "a", .text = "t", .fields = R"( {"b": [1, {"c": null}]} )"}), "");
  EXPECT_TRUE(check_documents("news", 2, {}, {}).has_value());
}

TEST(CheckDocuments, NamesWhatIsWrong) {
  EXPECT_EQ(refusal_of({.id = ""}), "collection \"news\": document 0 has an empty id");
  EXPECT_EQ(refusal_of({.id = "\xff"}), "collection \"news\": the id of document 0 is not UTF-8");
  EXPECT_EQ(
      refusal_of({.id = std::string(4097, 'x')}),
      "collection \"news\": the id of document 0 has 4097 bytes, the longest allowed is 4096");
  EXPECT_THAT(refusal_of({.id = "a", .fields = "{\"b\":"}),
              ::testing::StartsWith("collection \"news\": the fields of \"a\" are not JSON: "));
  EXPECT_EQ(refusal_of({.id = "a", .fields = "[1]"}),
            "collection \"news\": the fields of \"a\" are not a JSON object");
  EXPECT_THAT(refusal_of({.id = "a", .fields = std::string(100'000, '[')}),
              ::testing::HasSubstr("are not JSON"));
  EXPECT_EQ(refusal_of({.id = "a"}, {1, std::numeric_limits<float>::infinity()}),
            "collection \"news\": the vector of \"a\" has the value inf at 1");
  EXPECT_EQ(refusal_of({.id = "a"}, {1, 2, 3}),
            "collection \"news\" has 2 dimensions, the vectors have 3");
  EXPECT_EQ(check_documents("news", 2, std::vector<Document>(2), {}).error().message,
            "collection \"news\": 2 documents came with 0 vectors");
}

TEST(CheckQuery, WantsTheDimensionAndFiniteValues) {
  EXPECT_TRUE(check_query("news", 2, std::vector<float>{0, 1}).has_value());
  EXPECT_EQ(check_query("news", 2, std::vector<float>{0}).error().message,
            "collection \"news\" has 2 dimensions, the query has 1");
  EXPECT_EQ(check_query("news", 2, std::vector<float>{0, std::numeric_limits<float>::quiet_NaN()})
                .error()
                .message,
            "collection \"news\": the query has the value nan at 1");
}

}  // namespace
}  // namespace kindred::store
