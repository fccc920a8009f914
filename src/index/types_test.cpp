#include "index/types.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred {
namespace {

std::string message_of(std::string_view text) {
  const auto parsed = parse_index_type(text);
  return parsed.has_value() ? "" : parsed.error().message;
}

TEST(IndexTypes, ReadOptionsAsTheyAreWritten) {
  const auto plain = parse_index_type("flat", Metric::dot);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->type, IndexType::flat);
  EXPECT_EQ(plain->metric, Metric::dot);
  EXPECT_EQ(plain->rows, RowType::f32);
  EXPECT_EQ(plain->m, IndexOptions().m);
  const auto all = parse_index_type("flat,m=24,ef_construction=300,rows=f16,codes=8,seed=77");
  ASSERT_TRUE(all.has_value()) << all.error().message;
  EXPECT_EQ(all->m, 24);
  EXPECT_EQ(all->ef_construction, 300);
  EXPECT_EQ(all->rows, RowType::f16);
  EXPECT_EQ(all->code_bits, 8);
  EXPECT_EQ(all->seed, 77);
}

TEST(IndexTypes, NameThePartThatTheyDoNotUnderstand) {
  EXPECT_TRUE(message_of("").starts_with("index type \"\": there is no \"\"; there are flat"));
  EXPECT_TRUE(message_of("tree,m=3").starts_with("index type \"tree,m=3\": there is no \"tree\""));
  EXPECT_EQ(message_of("flat,rows=f8"),
            "index type \"flat,rows=f8\": \"f8\" is not a type of rows; there are f32, f16, u8");
  EXPECT_EQ(message_of("flat,links=3"),
            "index type \"flat,links=3\": there is no option \"links\"; there are rows, m, "
            "ef_construction, codes, seed");
  for (const std::string_view value :
       {"1", "257", "", "x", "8x", "-8", "8.0", " 8", "99999999999999999999999"})
    EXPECT_EQ(message_of("flat,m=" + std::string(value)),
              "index type \"flat,m=" + std::string(value) +
                  "\": m is a whole number from 2 to 256, not \"" + std::string(value) + "\"");
  EXPECT_EQ(message_of("flat,codes=6"),
            "index type \"flat,codes=6\": codes have 4 or 8 bits, not 6");
  EXPECT_FALSE(message_of("flat,").empty());
  EXPECT_FALSE(message_of("flat,m").empty());
}

TEST(IndexTypes, BuildRefusesWhatTheTextRefuses) {
  const Matrix row(1, 2);
  EXPECT_TRUE(Index::build(row).has_value());
  for (const IndexOptions& options :
       {IndexOptions{.m = 1}, IndexOptions{.m = 100'000}, IndexOptions{.ef_construction = 0},
        IndexOptions{.code_bits = 5}, IndexOptions{.code_bits = 0}})
    EXPECT_FALSE(Index::build(row, {}, options).has_value());
}

TEST(IndexTypes, NamesGoBothWays) {
  for (const auto& type : index::all_types()) {
    EXPECT_EQ(parse_index_type(type.name)->type, type.type);
    EXPECT_EQ(name_of(type.type), type.name);
  }
  for (const RowType type : {RowType::f32, RowType::f16, RowType::u8})
    EXPECT_EQ(index::parse_row_type(name_of(type)), type);
}

}  // namespace
}  // namespace kindred
