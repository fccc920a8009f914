#include "math/hadamard.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::math {
namespace {

TEST(Hadamard, IsAProductWithAMatrixOfSigns) {
  testing::on_every_instruction_set([] {
    for (std::size_t size = 1; size <= 1024; size *= 2) {
      base::Random random(size);
      // Whole numbers: every order of additions is exact.
      std::vector<float> values(size);
      for (float& value : values) value = static_cast<float>(random.below(200)) - 100;
      std::vector<float> expected(size);
      for (std::size_t row = 0; row < size; ++row)
        for (std::size_t i = 0; i < size; ++i)
          expected[row] += std::popcount(row & i) % 2 == 0 ? values[i] : -values[i];
      hadamard(values.data(), size);
      EXPECT_EQ(values, expected) << size;
    }
  });
}

}  // namespace
}  // namespace kindred::math
