#include "store/records.h"

#include <gtest/gtest.h>

#include <vector>

namespace kindred::store {
namespace {

TEST(Records, NumberKeysSortAsNumbers) {
  const std::vector<std::uint64_t> numbers = {
      0, 1, 255, 256, 65535, std::uint64_t{1} << 40, ~std::uint64_t{0}};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(parse_number_key(number_key(numbers[i])), numbers[i]);
    if (i > 0) {
      EXPECT_LT(number_key(numbers[i - 1]), number_key(numbers[i]));
    }
  }
  EXPECT_EQ(parse_number_key("1234567"), std::nullopt);
}

TEST(Records, EveryRecordComesBack) {
  const Document document{.id = "a", .text = std::string("b\0c", 3), .fields = R"({"d":1})"};
  const std::string point_bytes = encode_point(document);
  const auto point = decode_point(point_bytes);
  ASSERT_TRUE(point.has_value());
  EXPECT_EQ(point->id, document.id);
  EXPECT_EQ(point->text, document.text);
  EXPECT_EQ(point->fields, document.fields);

  const auto state = decode_state(encode_state({.next_row = 7, .documents = 6, .sequence = 9}));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->next_row, 7U);
  EXPECT_EQ(state->documents, 6U);
  EXPECT_EQ(state->sequence, 9U);

  EXPECT_EQ(decode_number(encode_number(42)), 42U);
  EXPECT_EQ(decode_operation(encode_operation({.row = 3}))->row, 3U);

  const std::vector<float> vector = {1, -2.5F, 3e-30F};
  std::vector<float> back(3);
  EXPECT_TRUE(decode_vector(encode_vector(vector), back));
  EXPECT_EQ(back, vector);

  const CollectionModel model{
      .name = "m",
      .hash = "h",
      .dimensions = 3,
      .sentinels = {{.text = "one", .vector = vector}, {.text = "", .vector = {0, 0, 1}}}};
  const auto same = decode_model(encode_model(model));
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->name, "m");
  EXPECT_EQ(same->hash, "h");
  ASSERT_EQ(same->sentinels.size(), 2U);
  EXPECT_EQ(same->sentinels[0].text, "one");
  EXPECT_EQ(same->sentinels[0].vector, vector);
}

/// Whatever was cut off or added, or another version: nothing, rather than something wrong.
TEST(Records, BytesThatAreNotARecordGiveNothing) {
  const std::string point = encode_point({.id = "id", .text = "text", .fields = "{}"});
  const std::string model = encode_model(
      {.name = "m", .hash = "h", .dimensions = 2, .sentinels = {{.text = "t", .vector = {1, 2}}}});
  for (std::size_t length = 0; length < point.size(); ++length)
    EXPECT_FALSE(decode_point(std::string_view(point).substr(0, length)).has_value()) << length;
  for (std::size_t length = 0; length < model.size(); ++length)
    EXPECT_FALSE(decode_model(std::string_view(model).substr(0, length)).has_value()) << length;
  EXPECT_FALSE(decode_point(point + "x").has_value());
  EXPECT_FALSE(decode_model(model + "x").has_value());
  std::string later = point;
  later[0] = 2;
  EXPECT_FALSE(decode_point(later).has_value());
  std::string huge_length = point;
  huge_length[8] = '\xff';
  EXPECT_FALSE(decode_point(huge_length).has_value());
  std::string many_dimensions = model;
  many_dimensions[1 + 8 + 1 + 8 + 1 + 7] = '\x7f';
  EXPECT_FALSE(decode_model(many_dimensions).has_value());
  std::string many_sentinels = model;
  many_sentinels[1 + 8 + 1 + 8 + 1 + 8 + 7] = '\x7f';
  EXPECT_FALSE(decode_model(many_sentinels).has_value());
  std::vector<float> three(3);
  EXPECT_FALSE(decode_vector(encode_vector(std::vector<float>{1, 2}), three));
  std::string deletion = encode_operation({.row = 3});
  deletion[1] = 9;
  EXPECT_FALSE(decode_operation(deletion).has_value());
}

}  // namespace
}  // namespace kindred::store
