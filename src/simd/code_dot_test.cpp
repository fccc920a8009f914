#include "simd/code_dot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

struct Case {
  std::vector<std::int8_t> query;
  std::vector<std::vector<std::uint8_t>> codes;
  std::vector<const std::uint8_t*> pointers;
};

/// Random bytes with the extremes among them.
Case make_case(std::size_t count, std::size_t blocks, std::uint64_t seed) {
  base::Random random(seed);
  const auto byte = [&] {
    const auto kind = random.below(8);
    return static_cast<std::uint8_t>(kind == 0   ? 0
                                     : kind == 1 ? 255
                                     : kind == 2 ? 128
                                                 : random.below(256));
  };
  Case made;
  made.query.resize(2 * blocks * kCodeBlock);
  for (auto& value : made.query) value = static_cast<std::int8_t>(byte());
  for (std::size_t i = 0; i < count; ++i) {
    made.codes.emplace_back(blocks * kCodeBlock);
    for (auto& value : made.codes.back()) value = byte();
  }
  for (const auto& code : made.codes) made.pointers.push_back(code.data());
  return made;
}

std::int32_t nibble_dot(const Case& given, std::size_t i) {
  std::int32_t sum = 0;
  for (std::size_t value = 0; value < 2 * given.codes[i].size(); ++value) {
    const std::size_t block = value / 128;
    const std::size_t within = value % 128;
    const std::uint8_t both = given.codes[i][block * 64 + within % 64];
    sum += (within < 64 ? both % 16 : both / 16) * given.query[value];
  }
  return sum;
}

std::int32_t byte_dot(const Case& given, std::size_t i) {
  std::int32_t sum = 0;
  for (std::size_t value = 0; value < given.codes[i].size(); ++value)
    sum += given.codes[i][value] * given.query[value];
  return sum;
}

std::int32_t byte_distance(const Case& given, std::size_t i) {
  std::int32_t sum = 0;
  for (std::size_t value = 0; value < given.codes[i].size(); ++value)
    sum += std::abs(given.codes[i][value] - static_cast<std::uint8_t>(given.query[value]));
  return sum;
}

template <typename Oracle>
void expect_exact(CodeKernel (*kernel)(), const Oracle& oracle) {
  testing::on_every_instruction_set([&] {
    for (const std::size_t blocks : {1, 2, 3, 6, 7, 8, 9, 64})
      for (const std::size_t count : {0, 1, 3, 4, 5, 8, 33}) {
        const Case given = make_case(count, blocks, blocks * 100 + count);
        std::vector<std::int32_t> results(count + 1, -7);
        kernel()(given.query.data(), given.pointers.data(), count, blocks, results.data());
        for (std::size_t i = 0; i < count; ++i)
          ASSERT_EQ(results[i], oracle(given, i)) << blocks << " blocks, code " << i;
        ASSERT_EQ(results[count], -7) << "wrote past the end";
      }
  });
}

TEST(CodeDot, NibblesAreExact) { expect_exact(nibble_dots, nibble_dot); }
TEST(CodeDot, BytesAreExact) { expect_exact(byte_dots, byte_dot); }
TEST(CodeDot, DistancesAreExact) { expect_exact(byte_distances, byte_distance); }

}  // namespace
}  // namespace kindred::simd
