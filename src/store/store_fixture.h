/// What the tests of the store share: a folder of their own, documents and vectors by number.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random.h"
#include "kindred/collection.h"

namespace kindred::store {

class StoreTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 8;

  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "kindred-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static CollectionModel model() {
    return {.name = "tiny", .hash = "0123456789abcdef", .dimensions = kDimensions, .sentinels = {}};
  }

  /// Document `number` in its `version`: both decide its text and its vector.
  static Document document(std::uint64_t number, std::uint64_t version = 0) {
    return {.id = fmt::format("id-{}", number),
            .text = fmt::format("text {} of version {}", number, version),
            .fields = fmt::format(R"({{"number":{}}})", number)};
  }
  static std::vector<Document> documents(std::uint64_t begin, std::uint64_t end,
                                         std::uint64_t version = 0) {
    std::vector<Document> all;
    for (auto i = begin; i < end; ++i) all.push_back(document(i, version));
    return all;
  }
  static Matrix vectors(std::uint64_t begin, std::uint64_t end, std::uint64_t version = 0) {
    Matrix all(end - begin, kDimensions);
    for (auto i = begin; i < end; ++i) {
      base::Random random(i * 1000 + version);
      for (float& value : all.row(i - begin)) value = random.normal();
    }
    return all;
  }

  std::filesystem::path folder_;
};

}  // namespace kindred::store
