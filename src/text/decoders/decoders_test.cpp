#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "text/decoders/kinds.h"

namespace kindred::text {
namespace {

using nlohmann::json;

Result<std::string> decoded(const json& decoder, std::vector<std::string> tokens) {
  simdjson::dom::parser parser;
  const std::string text = decoder.dump();
  const JsonPart part(parser.parse(text).get_object().value(), "decoder");
  std::vector<std::unique_ptr<const Decoder>> decoders;
  KINDRED_TRY(read_decoders(part, decoders));
  for (const auto& one : decoders) one->decode(tokens);
  std::string all;
  for (const std::string& token : tokens) all += token;
  return all;
}

TEST(Decoders, AgreeWithTheReference) {
  std::ifstream file(std::string(KINDRED_FIXTURES) + "/decoders/cases.json");
  const json rows = json::parse(file);
  ASSERT_GT(rows.size(), 150U);
  for (const json& row : rows) {
    const auto text = decoded(row["decoder"], row["tokens"]);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    EXPECT_EQ(*text, row["text"]) << row;
  }
}

TEST(Decoders, TakeNoTokens) {
  for (const char* type : {"ByteLevel", "WordPiece", "BPEDecoder", "CTC", "ByteFallback", "Fuse"})
    EXPECT_EQ(*decoded({{"type", type}}, {}), "") << type;
}

TEST(Decoders, NameWhatIsWrong) {
  const auto problem = [](const json& decoder) {
    const auto text = decoded(decoder, {"a"});
    return text ? "" : text.error().message;
  };
  EXPECT_TRUE(problem({{"type", "Magic"}}).starts_with("decoder: the decoder is \"Magic\""));
  EXPECT_EQ(problem({{"type", "Strip"}, {"content", "ab"}}),
            "decoder: \"content\" is missing or wrong, one character is needed");
  EXPECT_EQ(
      problem({{"type", "Replace"}, {"pattern", {{"Regex", "a("}}}, {"content", ""}}),
      "decoder: pattern: the regular expression \"a(\" has, before byte 2, a ( without its )");
  EXPECT_EQ(problem({{"type", "Metaspace"}, {"prepend_scheme", "maybe"}}),
            "decoder: \"prepend_scheme\" is missing or wrong, always, first or never is needed");
}

}  // namespace
}  // namespace kindred::text
