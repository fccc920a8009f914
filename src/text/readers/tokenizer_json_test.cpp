#include "text/readers/tokenizer_json.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace kindred::text {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

json valid() {
  std::ifstream file(std::string(KINDRED_FIXTURES) + "/tokenizers/bert.json");
  return json::parse(file);
}

std::string problem(std::string_view text) {
  const auto found = parse_tokenizer_json(text, "t.json");
  return found ? "no error" : found.error().message;
}
std::string problem_of(const json& tokenizer) { return problem(tokenizer.dump()); }

TEST(TokenizerJson, NamesAnotherKindAndThoseThereAre) {
  json tokenizer = valid();
  tokenizer["model"]["type"] = "Magic";
  EXPECT_THAT(problem_of(tokenizer),
              AllOf(StartsWith("t.json: model: the model is \"Magic\", Kindred has: "),
                    HasSubstr("WordPiece")));
  tokenizer = valid();
  tokenizer["normalizer"] = {{"type", "Sequence"}, {"normalizers", {{{"type", "Magic"}}}}};
  EXPECT_THAT(problem_of(tokenizer),
              AllOf(StartsWith("t.json: normalizer: normalizers: the normalizer is \"Magic\""),
                    HasSubstr("BertNormalizer")));
  tokenizer["normalizer"]["normalizers"][0] = valid()["normalizer"];
  EXPECT_EQ(problem_of(tokenizer), "no error");
  tokenizer["normalizer"] = nullptr;
  EXPECT_EQ(problem_of(tokenizer), "no error");
}

TEST(TokenizerJson, RefusesWhatIsNoJson) {
  const std::string text = valid().dump();
  for (std::size_t size = 0; size < text.size(); size += 37)
    EXPECT_THAT(problem(std::string_view(text).substr(0, size)), HasSubstr("t.json")) << size;
  EXPECT_THAT(problem(std::string(100'000, '[')), HasSubstr("is not valid JSON"));
  EXPECT_THAT(problem(std::string(100'000, '[') + std::string(100'000, ']')),
              HasSubstr("is not valid JSON"));
  EXPECT_EQ(problem("[]"), "t.json: is not a JSON object");
  EXPECT_THAT(problem("{\"model\": 3}"), HasSubstr("\"model\" is missing or wrong"));
}

/// A part inside of `depth` Sequences.
std::string nested(std::string_view members, std::string_view part, std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i)
    text += fmt::format(R"({{"type": "Sequence", "{}": [)", members);
  text += part;
  for (std::size_t i = 0; i < depth; ++i) text += "]}";
  return text;
}

TEST(TokenizerJson, TakesSequencesInSequencesToADepth) {
  struct Row {
    const char* field;
    const char* members;
    const char* part;
  };
  for (const auto& [field, members, part] :
       {Row{"normalizer", "normalizers", R"({"type": "NFC"})"},
        Row{"pre_tokenizer", "pretokenizers", R"({"type": "Whitespace"})"},
        Row{"decoder", "decoders", R"({"type": "Fuse"})"},
        Row{"post_processor", "processors", R"({"type": "ByteLevel"})"}}) {
    const auto at = [&](std::size_t depth) {
      return problem(fmt::format(
          R"({{"model": {{"type": "WordLevel", "vocab": {{"a": 0}}, "unk_token": "a"}}, "{}": {}}})",
          field, nested(members, part, depth)));
    };
    EXPECT_EQ(at(1), "no error") << field;
    EXPECT_EQ(at(300), "no error") << field;
    EXPECT_THAT(at(2000), HasSubstr("is not valid JSON")) << field;
    EXPECT_THAT(at(100'000), HasSubstr("is not valid JSON")) << field;
  }
  EXPECT_THAT(problem(R"({"model": {}, "normalizer": {"type": "Sequence"}})"),
              HasSubstr("normalizer: \"normalizers\" is missing or wrong"));
}

TEST(TokenizerJson, TakesVocabulariesWithHoles) {
  for (const char* model :
       {R"("type": "WordLevel", "vocab": {"a": 7, "b": 900, "?": 30}, "unk_token": "?")",
        R"("type": "WordPiece", "vocab": {"a": 7, "##b": 900, "?": 30}, "unk_token": "?")",
        R"("type": "BPE", "vocab": {"a": 7, "b": 900, "ab": 30}, "merges": ["a b"])"}) {
    const auto found = parse_tokenizer_json(fmt::format(R"({{"model": {{{}}}}})", model), "t.json");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->vocabulary.size(), 3U);
    EXPECT_EQ(found->vocabulary.ids(), 901U);
    EXPECT_EQ(found->vocabulary.token(8), "");
  }
}

TEST(TokenizerJson, RefusesIdsAndMergesThatDoNotFit) {
  const auto with = [](std::string_view model) {
    return problem(fmt::format(R"({{"model": {{{}}}}})", model));
  };
  for (const char* type : {R"("WordLevel", "unk_token": "a")", R"("BPE", "merges": [])",
                           R"("WordPiece", "unk_token": "a")"}) {
    EXPECT_THAT(with(fmt::format(R"("type": {}, "vocab": {{"a": 1, "b": 1}})", type)),
                HasSubstr("tokens \"a\" and \"b\" have the same id 1"));
    EXPECT_THAT(with(fmt::format(R"("type": {}, "vocab": {{"a": 1, "a": 2}})", type)),
                HasSubstr("token \"a\" has the ids 1 and 2"));
    EXPECT_THAT(with(fmt::format(R"("type": {}, "vocab": ["a"])", type)),
                HasSubstr("\"vocab\" is missing or wrong"));
  }
  for (const char* merge : {R"("a c")", R"("c a")", R"("a b")", R"(["a", "c"])"})
    EXPECT_THAT(
        with(fmt::format(R"("type": "BPE", "vocab": {{"a": 0, "b": 1}}, "merges": [{}])", merge)),
        AllOf(HasSubstr("merge 0 is of"), HasSubstr("the vocabulary has no")))
        << merge;
  for (const char* merge :
       {R"("a")", R"("a b c")", R"(["a"])", R"(["a", "b", "c"])", "7", R"([1, 2])"})
    EXPECT_THAT(
        with(fmt::format(R"("type": "BPE", "vocab": {{"a": 0, "b": 1}}, "merges": [{}])", merge)),
        HasSubstr("\"merges\" is missing or wrong, a list of pairs of tokens is needed"))
        << merge;
}

TEST(TokenizerJson, ChecksIds) {
  const auto with = [](const char* token, const json& id) {
    json tokenizer = valid();
    tokenizer["model"]["vocab"][token] = id;
    return problem_of(tokenizer);
  };
  EXPECT_EQ(with("new", 1000), "no error");
  EXPECT_THAT(with("new", 2), AllOf(HasSubstr("have the same id 2"), HasSubstr("[CLS]")));
  EXPECT_THAT(with("new", -1), HasSubstr("the id of \"new\" is not a whole number"));
  EXPECT_THAT(with("new", 1.5), HasSubstr("the id of \"new\" is not a whole number"));
  EXPECT_THAT(with("new", std::uint64_t{1} << 60), HasSubstr("the largest is 16777215"));
  json tokenizer = valid();
  tokenizer["added_tokens"][0]["id"] = 7;
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("has the ids 0 and 7"));
}

TEST(TokenizerJson, NeedsTheUnknownToken) {
  json tokenizer = valid();
  tokenizer["model"]["unk_token"] = "<unk>";
  EXPECT_EQ(problem_of(tokenizer), "t.json: model: the vocabulary has no unknown token \"<unk>\"");
}

TEST(TokenizerJson, ChecksTheTemplate) {
  json tokenizer = valid();
  tokenizer["post_processor"]["pair"][0] = {{"Sequence", {{"id", "C"}, {"type_id", 0}}}};
  EXPECT_THAT(problem_of(tokenizer),
              HasSubstr("\"pair\" is missing or wrong, a list of special tokens and sequences"));
  tokenizer = valid();
  tokenizer["post_processor"]["special_tokens"].erase("[SEP]");
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("[SEP]"));
}

TEST(TokenizerJson, KnowsModelsOfBeforeTheyHadNamesByTheirFields) {
  json tokenizer = valid();  // a WordPiece
  tokenizer["model"].erase("type");
  EXPECT_EQ(problem_of(tokenizer), "no error");
  tokenizer["model"].erase("continuing_subword_prefix");  // a WordLevel
  EXPECT_EQ(problem_of(tokenizer), "no error");
  tokenizer["model"] = {{"vocab", {{"a", 0}, {"b", 1}}}, {"merges", json::array()}};
  tokenizer["added_tokens"] = json::array();
  tokenizer.erase("post_processor");
  EXPECT_EQ(problem_of(tokenizer), "no error");
  tokenizer["model"] = {{"unk_id", 0}};
  tokenizer["model"]["vocab"] = json::array({json::array({"a", -1.0}), json::array({"b", -2.0})});
  EXPECT_EQ(problem_of(tokenizer), "no error");
  tokenizer["model"].erase("vocab");
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("\"type\" is missing"));
}

TEST(TokenizerJson, ReadsTruncation) {
  json tokenizer = valid();
  tokenizer["truncation"] = {
      {"direction", "Right"}, {"max_length", 128}, {"strategy", "LongestFirst"}, {"stride", 0}};
  const auto right = parse_tokenizer_json(tokenizer.dump(), "t.json");
  EXPECT_EQ(right->max_tokens, 128U);
  EXPECT_EQ(right->truncation, Truncation{});
  tokenizer["truncation"] = {
      {"direction", "Left"}, {"max_length", 64}, {"strategy", "OnlySecond"}, {"stride", 3}};
  const auto left = parse_tokenizer_json(tokenizer.dump(), "t.json");
  EXPECT_EQ(left->max_tokens, 64U);
  EXPECT_EQ(
      left->truncation,
      (Truncation{.side = Side::left, .strategy = Truncation::Strategy::only_second, .stride = 3}));
  tokenizer["truncation"]["direction"] = "Up";
  EXPECT_EQ(problem_of(tokenizer),
            "t.json: truncation: \"direction\" is missing or wrong, Left or Right is needed");
  tokenizer["truncation"]["direction"] = "Left";
  tokenizer["truncation"]["strategy"] = 3;
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("\"strategy\" is missing or wrong"));
  tokenizer["truncation"]["strategy"] = "OnlyFirst";
  tokenizer["truncation"]["stride"] = -1;
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("\"stride\" is missing or wrong"));
}

TEST(TokenizerJson, ReadsPadding) {
  json tokenizer = valid();
  EXPECT_FALSE(parse_tokenizer_json(tokenizer.dump(), "t.json")->padding);
  tokenizer["padding"] = {{"strategy", {{"Fixed", 12}}},
                          {"direction", "Left"},
                          {"pad_to_multiple_of", 8},
                          {"pad_id", 5},
                          {"pad_type_id", 2},
                          {"pad_token", "[PAD]"}};
  EXPECT_EQ(parse_tokenizer_json(tokenizer.dump(), "t.json")->padding,
            (Padding{.side = Side::left, .id = 5, .type_id = 2, .length = 12, .multiple_of = 8}));
  tokenizer["padding"]["strategy"] = "BatchLongest";
  tokenizer["padding"]["pad_to_multiple_of"] = nullptr;
  EXPECT_EQ(parse_tokenizer_json(tokenizer.dump(), "t.json")->padding,
            (Padding{.side = Side::left, .id = 5, .type_id = 2}));
  tokenizer["padding"]["strategy"] = "Shortest";
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("t.json: padding: \"strategy\" is missing or"));
  tokenizer["padding"]["strategy"] = {{"Fixed", -1}};
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("\"Fixed\" is missing or wrong"));
  tokenizer["padding"]["strategy"] = "BatchLongest";
  tokenizer["padding"]["pad_type_id"] = 256;
  EXPECT_THAT(problem_of(tokenizer), HasSubstr("\"pad_type_id\" is missing or wrong"));
}

}  // namespace
}  // namespace kindred::text
