#include "tensor/distance_bias.h"

#include <gtest/gtest.h>

#include "tensor/attention.h"

namespace kindred::tensor {
namespace {

TEST(RelativeBucketsTest, AreThoseOfT5) {
  // Of transformers' T5Attention and MPNetEncoder for 32 buckets and a farthest distance of 128.
  const auto buckets = relative_buckets(32, 128);
  ASSERT_EQ(buckets.size(), 257U);
  const auto at = [&](int distance) { return buckets[static_cast<std::size_t>(distance + 128)]; };
  struct Edge {
    int first;  // the nearest distance of a bucket
    unsigned bucket;
  };
  for (const Edge& edge :
       {Edge{8, 8}, {12, 9}, {16, 10}, {23, 11}, {32, 12}, {46, 13}, {64, 14}, {91, 15}}) {
    EXPECT_EQ(at(-edge.first), edge.bucket);
    EXPECT_EQ(at(-edge.first + 1), edge.bucket - 1);
    EXPECT_EQ(at(edge.first), 16 + edge.bucket);
    EXPECT_EQ(at(edge.first - 1), 16 + edge.bucket - 1);
  }
  for (int distance = 1; distance < 8; ++distance) {
    EXPECT_EQ(at(-distance), static_cast<unsigned>(distance));
    EXPECT_EQ(at(distance), 16U + static_cast<unsigned>(distance));
  }
  EXPECT_EQ(at(0), 0U);
  EXPECT_EQ(at(128), 31U);
  EXPECT_EQ(at(-128), 15U);
}

TEST(AlibiSlopesTest, AreThoseOfThePaper) {
  EXPECT_EQ(alibi_slopes(1), (std::vector<float>{1.0F / 256}));
  EXPECT_EQ(alibi_slopes(8), (std::vector<float>{1.0F / 2, 1.0F / 4, 1.0F / 8, 1.0F / 16, 1.0F / 32,
                                                 1.0F / 64, 1.0F / 128, 1.0F / 256}));
  const auto slopes = alibi_slopes(12);
  ASSERT_EQ(slopes.size(), 12U);
  EXPECT_EQ(slopes[7], 1.0F / 256);
  EXPECT_FLOAT_EQ(slopes[8], 0.70710678F);
  EXPECT_FLOAT_EQ(slopes[11], 0.088388346F);
}

TEST(DistanceBiasTest, ALargeBiasPicksTheKeyAtItsDistance) {
  // One head of one value; all scores are equal but for the bias, which wants the key behind.
  const Attention how{
      .heads = 1,
      .width = 1,
      .bias = DistanceBias{.table = fixed_parameter({0, 100, 0}), .buckets = {1, 0, 2}}};
  Workspace workspace;
  Tensor qkv = workspace.tensor(4, 3);
  for (std::size_t row = 0; row < 4; ++row) {
    qkv.row(row)[0] = qkv.row(row)[1] = 1;
    qkv.row(row)[2] = static_cast<float>(row);
  }
  const std::vector<std::size_t> starts = {0, 4};
  const Tensor out = attention(workspace, qkv, starts, how);
  // Distances beyond the reach count as the farthest: all keys behind a query weigh the same.
  EXPECT_NEAR(out.row(0)[0], 1.5F, 1e-5);
  EXPECT_NEAR(out.row(1)[0], 0, 1e-5);
  EXPECT_NEAR(out.row(2)[0], 0.5F, 1e-5);
  EXPECT_NEAR(out.row(3)[0], 1, 1e-5);
}

}  // namespace
}  // namespace kindred::tensor
