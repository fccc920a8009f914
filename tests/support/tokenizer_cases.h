/// Golden cases of tokenizers: texts, and the ids and offsets that the reference gives them
/// (tests/golden/make_tokenizers.py).
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "kindred/tokenizer.h"

namespace kindred::testing {

/// Runs each case of `folder`/cases.json, of which there are at least `at_least`: with offsets,
/// without, back to text where the case says what to, and a second time, since a tokenizer
/// remembers words.
inline void expect_the_reference(const std::filesystem::path& folder, std::size_t at_least) {
  using nlohmann::json;
  std::ifstream file(folder / "cases.json");
  const json cases = json::parse(file);
  ASSERT_GE(cases.size(), at_least);
  std::map<std::string, Tokenizer> tokenizers;
  for (const json& row : cases) {
    const std::string name = row["tokenizer"];
    auto found = tokenizers.find(name);
    if (found == tokenizers.end()) {
      auto opened = Tokenizer::open(folder / name);
      ASSERT_TRUE(opened) << opened.error().message;
      found = tokenizers.emplace(name, std::move(*opened)).first;
    }
    const Tokenizer& tokenizer = found->second;
    const std::string text = row["text"];
    const std::string_view view = text;
    for (int round = 0; round < 2; ++round) {
      const auto with = tokenizer.tokenize({&view, 1}, {.offsets = true});
      ASSERT_TRUE(with) << row;
      EXPECT_EQ(json(with->ids), row["ids"]) << row;
      if (!row["offsets"].is_null()) {
        json offsets = json::array();
        for (const TokenOffset& offset : with->offsets)
          offsets.push_back({offset.begin, offset.end});
        EXPECT_EQ(offsets, row["offsets"]) << row;
      }
      EXPECT_EQ(tokenizer.tokenize({&view, 1})->ids, with->ids) << row;
      if (row.contains("decoded")) {
        const auto decoded = tokenizer.decode(with->ids, /*skip_special_tokens=*/false);
        ASSERT_TRUE(decoded) << row;
        EXPECT_EQ(*decoded, row["decoded"]) << row;
      }
    }
  }
}

}  // namespace kindred::testing
