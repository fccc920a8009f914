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

TEST(TypedRows, NameTheRowThatHalvesCannotHold) {
  Matrix rows(3, 2);
  rows.row(1)[0] = 65'504;
  EXPECT_TRUE(check_fit(RowType::f16, rows).has_value());
  for (const float bad : {65'520.0F, -1e10F, std::numeric_limits<float>::infinity()}) {
    rows.row(2)[1] = bad;
    EXPECT_TRUE(check_fit(RowType::f32, rows).has_value());
    const auto refused = check_fit(RowType::f16, rows);
    ASSERT_FALSE(refused.has_value());
    EXPECT_TRUE(refused.error().message.starts_with("row 2 has the value ")) << bad;
  }
}

}  // namespace
}  // namespace kindred::index
