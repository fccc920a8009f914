#include "quantize/box.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::quantize {
namespace {

Matrix random_rows(std::size_t rows, std::size_t dimensions) {
  base::Random random(4);
  Matrix made(rows, dimensions);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < dimensions; ++i)
      made.row(row)[i] = static_cast<float>(i) + 3 * random.uniform();
  return made;
}

double manhattan(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(double{a[i]} - b[i]);
  return sum;
}

TEST(Box, EstimatesManhattanDistances) {
  testing::on_every_instruction_set([] {
    for (const std::size_t dimensions : {1, 63, 64, 65, 300}) {
      const Matrix rows = random_rows(200, dimensions);
      const Box box = Box::fit(rows);
      std::vector<std::uint8_t> code(box.code_bytes());
      CodeQuery query;
      CodeQuery from_code;
      for (std::size_t row = 1; row < 50; ++row) {
        const CodeScale scale = box.encode(rows.row(row).data(), code.data(), query);
        box.query(rows.row(0).data(), query);
        const std::uint8_t* pointer = code.data();
        std::int32_t product = 0;
        box.kernel()(query.values.data(), &pointer, 1, box.blocks(), &product);
        const double distance = manhattan(rows.row(0), rows.row(row));
        // Half a step each side, at worst.
        EXPECT_NEAR(query.nearness(product, scale), distance,
                    (static_cast<double>(box.step()) + 1e-5) * static_cast<double>(dimensions));
        box.query(code.data(), scale, from_code);
        box.kernel()(from_code.values.data(), &pointer, 1, box.blocks(), &product);
        EXPECT_EQ(from_code.nearness(product, scale), 0);
      }
    }
  });
}

TEST(Box, LeavesOutliersOutOfItsRange) {
  Matrix rows = random_rows(2000, 4);
  rows.row(17)[2] = 1e9F;
  EXPECT_LT(Box::fit(rows).step(), 4.0F / 255);
}

TEST(Box, TakesValuesThatAreAllAlike) {
  const Matrix rows(10, 3);
  EXPECT_EQ(Box::fit(rows).step(), 1);
}

}  // namespace
}  // namespace kindred::quantize
