#include "text/readers/vocab_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kindred/tokenizer.h"
#include "support/temporary_folder.h"

namespace kindred::text {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::filesystem::path kFolder =
    std::filesystem::path(KINDRED_FIXTURES) / "tokenizers" / "vocab_json";

json read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

TEST(VocabJson, AgreesWithTheReference) {
  const json rows = read(kFolder / "cases.json");
  ASSERT_GT(rows.size(), 200U);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : rows) {
    const std::string name = row["tokenizer"];
    auto found = tokenizers.find(name);
    if (found == tokenizers.end()) {
      auto opened = Tokenizer::open(kFolder / name);
      ASSERT_TRUE(opened) << opened.error().message;
      found = tokenizers.emplace(name, std::move(*opened)).first;
    }
    const Tokenizer& tokenizer = found->second;
    const std::vector<std::string> texts = row["texts"];
    const std::vector<std::string_view> first = {texts.front()};
    const std::vector<std::string_view> second = {texts.back()};
    const auto batch = texts.size() == 1
                           ? tokenizer.tokenize(first, {.offsets = true})
                           : tokenizer.tokenize_pairs(first, second, {.offsets = true});
    ASSERT_TRUE(batch) << row;
    EXPECT_EQ(json(batch->ids), row["ids"]) << row;
    EXPECT_EQ(json(batch->type_ids), row["type_ids"]) << row;
    json offsets = json::array();
    for (const TokenOffset& offset : batch->offsets) offsets.push_back({offset.begin, offset.end});
    EXPECT_EQ(offsets, row["offsets"]) << row;
    EXPECT_EQ(tokenizer.decode(batch->ids, false).value(), row["decoded"]) << row;
    EXPECT_EQ(tokenizer.decode(batch->ids, true).value(), row["text"]) << row;
    EXPECT_EQ(tokenizer.max_tokens(), row["limit"]) << row;
    EXPECT_EQ(tokenizer.padding().has_value(), !row["padding"].is_null()) << row;
    if (tokenizer.padding()) {
      EXPECT_EQ(tokenizer.padding()->id, row["padding"]["id"]) << row;
      EXPECT_EQ(tokenizer.padding()->side == Side::left, row["padding"]["side"] == "left") << row;
    }
    if (tokenizer.max_tokens() != 0) {
      EXPECT_EQ(tokenizer.truncation().side == Side::left, row["truncation"] == "left") << row;
    }
  }
}

TEST(VocabJson, IsOpenedByItsName) {
  const auto tokenizer = Tokenizer::open(kFolder / "gpt2" / "vocab.json");
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->id("<|endoftext|>"), Tokenizer::open(kFolder / "gpt2")->id("<|endoftext|>"));
}

/// A folder with a copy of `gpt2`, a file of which is another.
class VocabJsonErrors : public ::testing::Test {
 protected:
  std::string message(const char* file, const std::string& content) {
    const kindred::testing::TemporaryFolder folder;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder / "gpt2"))
      std::filesystem::copy_file(entry.path(), folder.path() / entry.path().filename());
    std::ofstream(folder.path() / file) << content;
    const auto opened = read_vocab_json(folder.path() / "vocab.json");
    return opened ? "no error" : opened.error().message;
  }
};

TEST_F(VocabJsonErrors, NameTheFileAndThePlace) {
  EXPECT_THAT(message("vocab.json", "[]"), HasSubstr("vocab.json: is not a JSON object"));
  EXPECT_THAT(message("vocab.json", R"({"a": 0}, "merges": {})"),
              HasSubstr("vocab.json: is not a JSON object"));
  EXPECT_THAT(message("vocab.json", R"({"a": 0, "b": 0})"),
              HasSubstr("tokens \"a\" and \"b\" have the same id 0"));
  EXPECT_THAT(message("vocab.json", R"({"a": 0})"),
              AllOf(HasSubstr("vocab.json: model: merge 0 is of"), HasSubstr("has no")));
  EXPECT_THAT(message("merges.txt", "#version: 0.2\nt h\nthe\n"),
              HasSubstr("merges.txt: line 3 is not two tokens with a blank between them"));
  EXPECT_THAT(message("merges.txt", "t h e\n"), HasSubstr("merges.txt: line 1 is not"));
  EXPECT_THAT(message("tokenizer_config.json", "7"),
              HasSubstr("tokenizer_config.json: is not a JSON object"));
  EXPECT_THAT(message("special_tokens_map.json", R"({"eos_token": 7})"),
              HasSubstr("special_tokens_map.json: \"eos_token\" is wrong, a token is needed"));
  EXPECT_THAT(message("special_tokens_map.json", R"({"eos_token": {"content": "a", "lstrip": 1}})"),
              HasSubstr("\"eos_token\" is wrong"));
  EXPECT_THAT(message("special_tokens_map.json", R"({"additional_special_tokens": "<a>"})"),
              HasSubstr("\"additional_special_tokens\" is wrong"));
  EXPECT_THAT(message("added_tokens.json", R"({"<n>": "7"})"),
              HasSubstr("added_tokens.json: the id of \"<n>\" is not a whole number"));
}

TEST_F(VocabJsonErrors, NameTheClassAndThoseThereAre) {
  EXPECT_THAT(message("tokenizer_config.json", R"({"tokenizer_class": "WhisperTokenizer"})"),
              AllOf(HasSubstr("tokenizer_config.json: the class of the tokenizer is "
                              "\"WhisperTokenizer\", Kindred has: GPT2Tokenizer, "),
                    HasSubstr("CLIPTokenizer")));
  EXPECT_THAT(message("tokenizer_config.json", "{}"),
              HasSubstr("neither tokenizer_config.json nor config.json says of which class"));
  EXPECT_THAT(message("tokenizer_config.json",
                      R"({"tokenizer_class": "RobertaTokenizer", "cls_token": null})"),
              HasSubstr("\"cls_token\" is null, this class of tokenizers frames texts with it"));
  EXPECT_THAT(message("tokenizer_config.json",
                      R"({"tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": {"x": {}}})"),
              HasSubstr("\"added_tokens_decoder\" is wrong"));
}

}  // namespace
}  // namespace kindred::text
