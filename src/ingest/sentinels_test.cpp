#include "ingest/sentinels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/temporary_folder.h"

namespace kindred::ingestion {
namespace {

/// Two dimensions: every text at this angle, plus its length in hundredths.
EmbedTexts at_angle(float angle) {
  return
      [angle](std::span<const std::string_view> texts, const EmbedOptions&) -> Result<EmbedResult> {
        EmbedResult result{.vectors = Matrix(texts.size(), 2)};
        for (std::size_t i = 0; i < texts.size(); ++i) {
          const float own = angle + static_cast<float>(texts[i].size()) / 100;
          result.vectors.row(i)[0] = std::cos(own);
          result.vectors.row(i)[1] = std::sin(own);
        }
        return result;
      };
}

TEST(Sentinels, TakeTheSameModelAndNameAnother) {
  const testing::TemporaryFolder temporary;
  const auto sentinels = make_sentinels(at_angle(0));
  ASSERT_TRUE(sentinels.has_value());
  EXPECT_EQ(sentinels->size(), 3U);
  const auto folder = temporary / "news";
  {
    const auto made = Collection::open(
        folder, CollectionMode::write,
        CollectionModel{.name = "m", .hash = "h", .dimensions = 2, .sentinels = *sentinels});
    ASSERT_TRUE(made.has_value());
  }
  const auto collection = Collection::open(folder, CollectionMode::read);
  ASSERT_TRUE(collection.has_value());
  EXPECT_TRUE(check_sentinels(*collection, at_angle(0)).has_value());
  EXPECT_TRUE(check_sentinels(*collection, at_angle(0.044F)).has_value()) << "cosine 0.99903";
  const auto refused = check_sentinels(*collection, at_angle(0.046F));
  ASSERT_FALSE(refused.has_value()) << "cosine 0.99894";
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, ::testing::StartsWith("collection \"news\": the model"));
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("0.9989"));
}

/// A model that knows no word.
Result<EmbedResult> zeros(std::span<const std::string_view> texts, const EmbedOptions&) {
  return EmbedResult{.vectors = Matrix(texts.size(), 2)};
}

TEST(Sentinels, ZerosAreTheSameAsZerosAlone) {
  const testing::TemporaryFolder temporary;
  const auto sentinels = make_sentinels(zeros);
  ASSERT_TRUE(sentinels.has_value());
  const auto collection = Collection::open(
      temporary / "news", CollectionMode::write,
      CollectionModel{.name = "m", .hash = "h", .dimensions = 2, .sentinels = *sentinels});
  ASSERT_TRUE(collection.has_value());
  EXPECT_TRUE(check_sentinels(*collection, zeros).has_value());
  EXPECT_FALSE(check_sentinels(*collection, at_angle(0)).has_value());
}

}  // namespace
}  // namespace kindred::ingestion
