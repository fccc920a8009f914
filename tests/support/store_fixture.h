/// What the tests of the store share: a folder of their own, documents and vectors by number.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/random.h"
#include "kindred/collection.h"
#include "support/temporary_folder.h"

namespace kindred::store {

class StoreTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 8;

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

  testing::TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path();
};

}  // namespace kindred::store
