#include "simd/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "simd/oracle.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

std::vector<Half> all_finite_halves() {
  std::vector<Half> halves;
  for (std::uint32_t bits = 0; bits < 1 << 16; ++bits)
    if ((bits & 0x7c00) != 0x7c00) halves.push_back({static_cast<std::uint16_t>(bits)});
  return halves;
}

TEST(HalfTest, EveryHalfBecomesItsValueAndComesBack) {
  testing::on_every_instruction_set([] {
    const std::vector<Half> halves = all_finite_halves();
    std::vector<float> values(halves.size());
    to_floats(halves, values.data());
    for (std::size_t i = 0; i < halves.size(); ++i) {
      ASSERT_EQ(values[i], oracle::from_half(halves[i].bits)) << halves[i].bits;
      ASSERT_EQ(std::signbit(values[i]), halves[i].bits >> 15 == 1);
    }
    std::vector<Half> back(halves.size());
    EXPECT_EQ(to_halves(values, back.data()), values.size());
    EXPECT_EQ(back, halves);
  });
}

TEST(HalfTest, RoundsToTheNearestAndTiesToEven) {
  testing::on_every_instruction_set([] {
    std::vector<float> values;
    for (const Half half : all_finite_halves()) {
      // The middle between a half and the next, and the float32 on either side of it.
      const float value = static_cast<float>(oracle::from_half(half.bits));
      const float next =
          half.bits % 0x8000 == 0x7bff
              ? std::copysign(65536.0F, value)
              : static_cast<float>(oracle::from_half(static_cast<std::uint16_t>(half.bits + 1)));
      const float middle = (value + next) / 2;
      for (const float near : {std::nextafter(middle, value), middle, std::nextafter(middle, next)})
        if (std::abs(near) < kPastHalf) values.push_back(near);
    }
    base::Random random(4);
    for (int i = 0; i < 10'000; ++i) values.push_back(random.normal() * 0.05F);
    values.insert(values.end(), {1e-30F, -1e-30F, std::numeric_limits<float>::denorm_min()});
    std::vector<Half> halves(values.size());
    ASSERT_EQ(to_halves(values, halves.data()), values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_EQ(halves[i].bits, oracle::to_half(values[i])) << values[i];
  });
}

TEST(HalfTest, NamesTheFirstValueThatNoHalfStandsFor) {
  testing::on_every_instruction_set([] {
    for (const float bad : {kPastHalf, -kPastHalf, 1e30F, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()})
      for (std::size_t length = 1; length <= 33; ++length)
        for (std::size_t place = 0; place < length; ++place) {
          std::vector<float> values(length, std::nextafter(kPastHalf, 0.0F));
          values[place] = bad;
          values.back() = bad;
          std::vector<Half> halves(length + 1, Half{7});
          EXPECT_EQ(to_halves(values, halves.data()), place) << bad << " of " << length;
          EXPECT_EQ(halves[length].bits, 7) << "wrote past the end";
          EXPECT_EQ(halves[place].bits & 0x7c00, 0x7c00);
        }
  });
}

TEST(HalfTest, ConvertsEveryLength) {
  testing::on_every_instruction_set([] {
    for (std::size_t length = 0; length <= 65; ++length) {
      base::Random random(length);
      std::vector<float> values(length);
      for (float& value : values) value = random.normal();
      std::vector<Half> halves(length);
      ASSERT_EQ(to_halves(values, halves.data()), length);
      std::vector<float> back(length + 1, 7.0F);
      to_floats(halves, back.data());
      for (std::size_t i = 0; i < length; ++i)
        ASSERT_EQ(back[i], oracle::from_half(halves[i].bits));
      EXPECT_EQ(back[length], 7.0F) << "wrote past the end";
    }
  });
}

}  // namespace
}  // namespace kindred::simd
