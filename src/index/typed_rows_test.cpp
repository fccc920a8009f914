#include "index/typed_rows.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace kindred::index {
namespace {

TEST(TypedRows, HoldRowsAcrossChunksAsTheyWereGivenButForRounding) {
  constexpr std::size_t kRows = TypedRows::kChunkRows + 100;
  for (const auto& [type, precision] : {std::pair(RowType::f32, 0.0), {RowType::f16, 0x1p-11}}) {
    TypedRows rows(type, 3);
    for (const std::size_t count : {std::size_t{1}, std::size_t{70}, kRows}) rows.grow(count);
    base::Random random(1);
    Matrix given(kRows, 3);
    for (float& value : given.values()) value = random.normal();
    for (std::size_t row = 0; row < kRows; ++row) rows.set(row, given.row(row));
    std::vector<float> got(3);
    for (std::size_t row = 0; row < kRows; ++row) {
      rows.get(row, got);
      for (std::size_t i = 0; i < 3; ++i)
        ASSERT_LE(std::abs(got[i] - given.row(row)[i]),
                  precision * std::abs(double{given.row(row)[i]}) + 1e-7 * (precision > 0));
    }
    rows.copy(kRows - 1, 5);
    std::vector<float> last(3);
    rows.get(kRows - 1, last);
    rows.get(5, got);
    EXPECT_EQ(got, last);

    // The pieces, one after the other, are all rows; so they are when somebody else has them.
    std::vector<std::byte> bytes;
    for (const auto piece : rows.pieces(kRows))
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    ASSERT_EQ(bytes.size(), kRows * 3 * value_bytes(type));
    TypedRows borrowed(type, 3);
    borrowed.borrow(bytes.data(), kRows);
    const auto chunks = borrowed.chunks(kRows);
    ASSERT_EQ(chunks.size(), 2);
    EXPECT_EQ(chunks[1], bytes.data() + TypedRows::kChunkRows * rows.row_bytes());
    for (const std::size_t row : {std::size_t{0}, TypedRows::kChunkRows, kRows - 1}) {
      rows.get(row, last);
      borrowed.get(row, got);
      EXPECT_EQ(got, last);
    }
  }
}

TEST(TypedRows, KeepBytesAsTheyWereGiven) {
  TypedRows rows(RowType::u8, 256);
  rows.grow(2);
  std::vector<float> given(256);
  for (std::size_t i = 0; i < given.size(); ++i) given[i] = static_cast<float>(i);
  rows.set(0, given);
  std::vector<float> got(256);
  rows.get(0, got);
  EXPECT_EQ(got, given);
  // Of length 1, for a metric that wants it, and back.
  const double length = 2365.9;
  std::vector<float> unit(256);
  for (std::size_t i = 0; i < given.size(); ++i) unit[i] = static_cast<float>(given[i] / length);
  rows.set(1, unit, length);
  rows.get(1, got);
  EXPECT_EQ(got, given);
  rows.get(1, got, length);
  EXPECT_EQ(got, unit);
}

TEST(TypedRows, NameTheRowThatTheyCannotHold) {
  Matrix rows(3, 2);
  rows.row(1)[0] = 65'504;
  EXPECT_TRUE(check_fit(RowType::f16, rows, rows).has_value());
  for (const float bad : {65'520.0F, -1e10F, std::numeric_limits<float>::infinity()}) {
    rows.row(2)[1] = bad;
    EXPECT_TRUE(check_fit(RowType::f32, rows, rows).has_value());
    const auto refused = check_fit(RowType::f16, rows, rows);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().message.starts_with("row 2 has the value ")) << bad;
  }
  // Bytes are asked for as they were given, whatever the metric makes of them.
  const Matrix prepared(3, 2);
  rows.row(1)[0] = 255;
  for (const float bad : {256.0F, -1.0F, 0.5F}) {
    rows.row(2)[1] = bad;
    EXPECT_FALSE(check_fit(RowType::u8, rows, prepared).has_value()) << bad;
    EXPECT_TRUE(check_fit(RowType::f16, rows, prepared).has_value()) << bad;
  }
  rows.row(2)[1] = 7;
  EXPECT_TRUE(check_fit(RowType::u8, rows, prepared).has_value());
}

}  // namespace
}  // namespace kindred::index
