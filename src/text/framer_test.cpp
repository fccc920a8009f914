#include "text/framer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kindred/threads.h"
#include "support/temporary_folder.h"

namespace kindred {
namespace {

using nlohmann::json;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::filesystem::path kFolder =
    std::filesystem::path(KINDRED_FIXTURES) / "tokenizers" / "framing";

json read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

Tokenizer open(const std::filesystem::path& name) {
  return std::move(Tokenizer::open(kFolder / name)).value();
}

Result<TokenBatch> tokenize(const Tokenizer& tokenizer, const std::vector<std::string>& texts,
                            const TokenizeOptions& options) {
  const std::vector<std::string_view> first = {texts.front()};
  const std::vector<std::string_view> second = {texts.back()};
  return texts.size() == 1 ? tokenizer.tokenize(first, options)
                           : tokenizer.tokenize_pairs(first, second, options);
}

/// A sequence as the cases list it.
json listed(const TokenBatch& batch, std::size_t i, bool with_types) {
  json types = json::array();
  json offsets = json::array();
  for (std::size_t j = batch.starts[i]; j < batch.starts[i + 1]; ++j) {
    types.push_back(batch.type_ids[j]);
    offsets.push_back({batch.offsets[j].begin, batch.offsets[j].end});
  }
  return {batch.sequence(i), with_types ? types : json(), offsets};
}

TokenizeOptions options_of(const json& row, const Tokenizer& tokenizer) {
  TokenizeOptions options{.special_tokens = row["special_tokens"], .offsets = true};
  const json& truncation = row["truncation"];
  if (truncation == "file") options.max_tokens = tokenizer.max_tokens();
  if (!truncation.is_object()) return options;
  const std::map<std::string, Truncation::Strategy> strategies = {
      {"longest_first", Truncation::Strategy::longest_first},
      {"only_first", Truncation::Strategy::only_first},
      {"only_second", Truncation::Strategy::only_second}};
  options.max_tokens = truncation["limit"];
  options.truncation = {.side = truncation["side"] == "left" ? Side::left : Side::right,
                        .strategy = strategies.at(truncation["strategy"]),
                        .stride = truncation["stride"]};
  return options;
}

TEST(Framer, AgreesWithTheReference) {
  const json cases = read(kFolder / "cases.json");
  ASSERT_GT(cases.size(), 700U);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : cases) {
    const std::string name = row["tokenizer"];
    if (!tokenizers.contains(name)) tokenizers.emplace(name, open(name));
    const Tokenizer& tokenizer = tokenizers.at(name);
    TokenizeOptions options = options_of(row, tokenizer);
    options.overflow = true;
    const auto all = tokenize(tokenizer, row["texts"], options);
    const json& expected = row["sequences"];
    ASSERT_EQ(all.has_value(), !expected.is_null()) << row;
    if (!all) continue;
    ASSERT_EQ(all->sequences(), expected.size()) << row;
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(listed(*all, i, !expected[i][1].is_null()), expected[i]) << row;
    EXPECT_EQ(all->sources, std::vector<std::size_t>(expected.size(), 0)) << row;

    options.overflow = false;
    const auto kept = tokenize(tokenizer, row["texts"], options);
    ASSERT_TRUE(kept) << row;
    EXPECT_EQ(kept->sequences(), 1U);
    EXPECT_EQ(listed(*kept, 0, true), expected[0]) << row;
    EXPECT_EQ(kept->truncated, std::vector<std::uint8_t>(1, all->truncated[0])) << row;
    EXPECT_TRUE(kept->sources.empty());
  }
}

TEST(Framer, AgreesWithTheReferenceOnPadding) {
  const testing::TemporaryFolder folder;
  json file = read(kFolder / "bert.json");
  for (const json& row : read(kFolder / "padding.json")) {
    file["padding"] = row["padding"];
    std::ofstream(folder.path() / "tokenizer.json") << file;
    const auto tokenizer = Tokenizer::open(folder.path());
    ASSERT_TRUE(tokenizer) << row;
    const std::vector<std::string> texts = row["texts"];
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto batch = tokenizer->tokenize(views, {.max_tokens = row["limit"], .offsets = true});
    ASSERT_TRUE(batch) << row;
    const auto padded = pad(*batch, tokenizer->padding().value());
    ASSERT_TRUE(padded) << row << padded.error().message;
    json expected = {{"ids", json::array()},
                     {"type_ids", json::array()},
                     {"attention_mask", json::array()},
                     {"offsets", json::array()}};
    for (auto& [name, cells] : expected.items())
      for (const json& cells_of_row : row[name])
        cells.insert(cells.end(), cells_of_row.begin(), cells_of_row.end());
    json offsets = json::array();
    for (const TokenOffset& offset : padded->offsets) offsets.push_back({offset.begin, offset.end});
    EXPECT_EQ(padded->rows, texts.size());
    EXPECT_EQ(padded->length, row["ids"][0].size()) << row;
    EXPECT_EQ(json(padded->ids), expected["ids"]) << row;
    EXPECT_EQ(json(padded->type_ids), expected["type_ids"]) << row;
    EXPECT_EQ(json(padded->attention_mask), expected["attention_mask"]) << row;
    EXPECT_EQ(offsets, expected["offsets"]) << row;
  }
}

TEST(Framer, SaysWhichTextASequenceIsOf) {
  const Tokenizer tokenizer = open("bert.json");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 200; ++i) {
    texts.emplace_back();
    for (std::size_t j = 0; j < i * 7 % 900; ++j) texts.back() += "a ";
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const TokenizeOptions options{
      .max_tokens = 10, .truncation = Truncation{.stride = 2}, .overflow = true};
  set_threads(1);
  const auto alone = tokenizer.tokenize(views, options);
  set_threads(3);
  const auto together = tokenizer.tokenize(views, options);
  set_threads(0);
  EXPECT_EQ(alone->sources, together->sources);
  EXPECT_EQ(alone->ids, together->ids);
  EXPECT_EQ(alone->starts, together->starts);
  EXPECT_EQ(alone->truncated, together->truncated);
  ASSERT_EQ(alone->sources.size(), alone->sequences());
  // A text of n tokens has a window of 8, and further ones that each show 6 more.
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::size_t tokens = texts[i].size() / 2;
    expected.insert(expected.end(), tokens <= 8 ? 1 : 1 + (tokens - 8 + 5) / 6, i);
  }
  EXPECT_EQ(alone->sources, expected);
}

TEST(Framer, GivesWindowsTheTypesOfTheFrame) {
  // XLM-R's template: both texts have type 0.
  const auto batch =
      tokenize(open("xlm.json"), {"a b c", "d e f g h i j"}, {.max_tokens = 10, .overflow = true});
  ASSERT_TRUE(batch);
  EXPECT_GT(batch->sequences(), 1U);
  EXPECT_THAT(batch->type_ids, Each(0));
}

TEST(Framer, SaysWhyItFails) {
  const auto problem = [](const char* name, const std::vector<std::string>& texts,
                          const TokenizeOptions& options) {
    const auto batch = tokenize(open(name), texts, options);
    return batch ? "no error" : batch.error().message;
  };
  EXPECT_THAT(
      problem("second_in_single.json", {"a"}, {}),
      HasSubstr("post_processor: the template for a single text has a place for sequence B"));
  EXPECT_EQ(problem("second_in_single.json", {"a", "b"}, {}), "no error");
  EXPECT_THAT(
      problem("template_template.json", {"a"}, {}),
      HasSubstr("a template frames one part or two, the post-processors before it leave 3"));
  EXPECT_EQ(problem("template_template.json", {"a"}, {.special_tokens = false}), "no error");
  EXPECT_EQ(problem("bert.json", {"a b c"},
                    {.max_tokens = 4, .truncation = Truncation{.stride = 2}, .overflow = true}),
            "text 0: 2 of 3 tokens fit into a sequence, a stride of 2 needs more");
  // Where nothing is kept of a text, no window can show the rest.
  EXPECT_EQ(problem("bert.json", {"a b c"}, {.max_tokens = 2}), "no error");
  EXPECT_THAT(problem("bert.json", {"a b c"}, {.max_tokens = 2, .overflow = true}),
              HasSubstr("text 0: 0 of 3 tokens fit into a sequence"));
  EXPECT_THAT(problem("bert.json", {"a b c"},
                      {.max_tokens = 4,
                       .truncation = Truncation{.strategy = Truncation::Strategy::only_second}}),
              HasSubstr("text 0: it has more than 2 tokens; only a second text may be cut"));
  std::string letters;
  for (int i = 0; i < 4000; ++i) letters += "a ";
  EXPECT_THAT(problem("bert.json", {letters, letters}, {.max_tokens = 5, .overflow = true}),
              HasSubstr("text 0: where windows of a text meet windows of a text, they multiply to "
                        "more than 67108864 tokens"));
}

TEST(Framer, RefusesAFrameThatGrowsWithTheSquareOfItsFile) {
  const testing::TemporaryFolder folder;
  json file = read(kFolder / "bert.json");
  const json bert = {{"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 2}}};
  json wide = file["post_processor"];
  wide["single"] = json::array();
  for (int i = 0; i < 1000; ++i)
    wide["single"].push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
  json processors = {wide};
  for (int i = 0; i < 1000; ++i) processors.push_back(bert);
  file["post_processor"] = {{"type", "Sequence"}, {"processors", processors}};
  std::ofstream(folder.path() / "tokenizer.json") << file;
  const auto tokenizer = Tokenizer::open(folder.path());
  ASSERT_TRUE(tokenizer);
  EXPECT_THAT(tokenize(*tokenizer, {"a"}, {}).error().message,
              HasSubstr("the post-processors make a frame of 66065 steps, at most 65536"));
  EXPECT_TRUE(tokenize(*tokenizer, {"a", "b"}, {}));
}

TEST(Framer, TellsWhatTheFileAsksFor) {
  const Tokenizer tokenizer = open("left.json");
  EXPECT_EQ(tokenizer.max_tokens(), 6U);
  EXPECT_EQ(
      tokenizer.truncation(),
      (Truncation{.side = Side::left, .strategy = Truncation::Strategy::only_first, .stride = 1}));
  EXPECT_EQ(tokenizer.padding(), std::nullopt);
  // The side of the file is taken with any limit, unless the call says otherwise.
  EXPECT_THAT(tokenize(tokenizer, {"a b c d"}, {.max_tokens = 4})->ids,
              ElementsAre(2, *tokenizer.id("c"), *tokenizer.id("d"), 3));
  EXPECT_THAT(tokenize(tokenizer, {"a b c d"}, {.max_tokens = 4, .truncation = Truncation{}})->ids,
              ElementsAre(2, *tokenizer.id("a"), *tokenizer.id("b"), 3));
  const auto folder = kFolder.parent_path() / "vocab_txt";
  EXPECT_EQ(Tokenizer::open(folder)->padding(), Padding{.id = 0});
}

}  // namespace
}  // namespace kindred
