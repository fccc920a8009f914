#include "files/wire_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kindred::files {
namespace {

using Kind = WireReader::Kind;
using ::testing::HasSubstr;

TEST(WireReader, ReadsEachKind) {
  // Field 1: 300; field 2: the text "hi"; field 3: 1.5 in 32 bits; field 16: 1 in 64 bits.
  const std::string_view message(
      "\x08\xac\x02\x12\x02hi\x1d\x00\x00\xc0\x3f\x81\x01\x01\0\0\0\0\0\0\0", 22);
  WireReader reader(message, "here");
  auto field = reader.next().value();
  ASSERT_TRUE(field->is(1, Kind::number));
  EXPECT_EQ(field->value, 300U);
  field = reader.next().value();
  ASSERT_TRUE(field->is(2, Kind::bytes));
  EXPECT_EQ(field->bytes, "hi");
  field = reader.next().value();
  ASSERT_TRUE(field->is(3, Kind::fixed32));
  EXPECT_EQ(field->as_float(), 1.5F);
  field = reader.next().value();
  ASSERT_TRUE(field->is(16, Kind::fixed64));
  EXPECT_EQ(field->value, 1U);
  EXPECT_EQ(reader.next().value(), std::nullopt);
}

TEST(WireReader, NeverReadsPastTheEnd) {
  const auto message_of = [](std::string_view bytes) {
    return WireReader(bytes, "here").next().error().message;
  };
  EXPECT_THAT(message_of("\x12\x05hi"), HasSubstr("here: a field needs 5 bytes, 2 are left"));
  EXPECT_THAT(message_of("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), HasSubstr("0 are left"));
  EXPECT_THAT(message_of("\x08\x80"), HasSubstr("a number does not end"));
  EXPECT_THAT(message_of("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
              HasSubstr("a number does not end"));
  EXPECT_THAT(message_of("\x1d\x01\x02"), HasSubstr("a field needs 4 bytes, 2 are left"));
  EXPECT_THAT(message_of("\x0b"), HasSubstr("field 1 has the kind 3"));
}

}  // namespace
}  // namespace kindred::files
