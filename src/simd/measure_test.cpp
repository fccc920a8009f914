#include "simd/measure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "simd/normalize.h"
#include "simd/oracle.h"
#include "support/instruction_sets.h"

namespace kindred::simd {
namespace {

/// N - 1, N and N + 1 around every number of values that a kernel takes at once: a vector and four
/// of them, of 1 to 16 floats; and real sizes.
std::vector<std::size_t> lengths() {
  std::vector<std::size_t> result = {0, 1, 384, 768, 1000};
  for (std::size_t unroll = 2; unroll <= 128; unroll *= 2)
    for (std::size_t length = unroll - 1; length <= unroll + 1; ++length) result.push_back(length);
  return result;
}

template <class Row>
struct Kernel {
  MeasureRowsOf<Row> (*rows)();
  double (*exact)(std::span<const float>, std::span<const float>);
};

void fill(base::Random& random, std::vector<float>& values) {
  for (float& value : values) value = random.normal();
}
void fill(base::Random& random, std::vector<Half>& values) {
  std::vector<float> floats(values.size());
  fill(random, floats);
  to_halves(floats, values.data());
}
void fill(base::Random& random, std::vector<std::uint8_t>& values) {
  for (auto& value : values) value = static_cast<std::uint8_t>(random.below(256));
}

float value_of(float value) { return value; }
float value_of(Half value) { return static_cast<float>(oracle::from_half(value.bits)); }
float value_of(std::uint8_t value) { return value; }

template <class Row>
void expect_agreement() {
  testing::on_every_instruction_set([] {
    base::Random random(1);
    for (const auto& kernel : {Kernel<Row>{dot_rows, oracle::dot},
                               Kernel<Row>{squared_euclidean_rows, oracle::squared_euclidean},
                               Kernel<Row>{euclidean_rows, oracle::euclidean},
                               Kernel<Row>{manhattan_rows, oracle::manhattan}})
      for (const std::size_t length : lengths())
        // Every place of a float within a vector.
        for (std::size_t shift = 0; shift < 4; ++shift) {
          constexpr std::size_t kRows = 5;
          std::vector<float> floats(shift + length);
          std::vector<Row> rows(shift + kRows * length);
          fill(random, floats);
          fill(random, rows);
          const std::span<const float> query = std::span(floats).subspan(shift);
          std::vector<float> results(kRows);
          kernel.rows()(query.data(), rows.data() + shift, kRows, length, results.data());
          for (std::size_t row = 0; row < kRows; ++row) {
            const Row* values = rows.data() + shift + row * length;
            std::vector<float> vector(length);
            for (std::size_t i = 0; i < length; ++i) vector[i] = value_of(values[i]);
            const double exact = kernel.exact(query, vector);
            const double lengths =
                std::sqrt(oracle::dot(query, query) * oracle::dot(vector, vector));
            EXPECT_NEAR(results[row], exact, 2e-6 * (lengths + std::abs(exact)))
                << length << " values, row " << row;
            float alone = 0;
            kernel.rows()(query.data(), values, 1, length, &alone);
            EXPECT_EQ(alone, results[row]);
          }
        }
  });
}

TEST(MeasureTest, AgreesWithTheOracleOnEveryInstructionSet) { expect_agreement<float>(); }
TEST(MeasureTest, OfHalvesAgreesWithTheOracle) { expect_agreement<Half>(); }
TEST(MeasureTest, OfBytesAgreesWithTheOracle) { expect_agreement<std::uint8_t>(); }

TEST(MeasureTest, PairsAgreeWithTheOracle) {
  testing::on_every_instruction_set([] {
    base::Random random(2);
    std::vector<float> a(100), b(100);
    for (float& value : a) value = random.normal();
    for (float& value : b) value = random.normal();
    EXPECT_NEAR(dot(a, b), oracle::dot(a, b), 1e-4);
    EXPECT_NEAR(squared_euclidean(a, b), oracle::squared_euclidean(a, b), 1e-4);
    EXPECT_NEAR(cosine(a, b), oracle::cosine(a, b), 1e-6);
    EXPECT_LE(cosine(a, a), 1);
    EXPECT_EQ(cosine(a, std::vector<float>(100)), 0);
  });
}

TEST(NormalizeTest, DividesByTheLengthOnEveryInstructionSet) {
  testing::on_every_instruction_set([] {
    base::Random random(3);
    for (const std::size_t length : lengths()) {
      std::vector<float> values(1 + length);  // the vector begins beside every alignment
      for (float& value : values) value = random.normal();
      const std::span<float> vector = std::span(values).subspan(1);
      const std::vector<float> before(vector.begin(), vector.end());
      const double exact = std::sqrt(oracle::dot(before, before));
      normalize(vector);
      for (std::size_t i = 0; i < length; ++i) EXPECT_NEAR(vector[i], before[i] / exact, 1e-6);
    }
  });
}

TEST(NormalizeTest, LeavesZerosAlone) {
  for (const std::size_t length : lengths()) {
    std::vector<float> vector(length);
    normalize(vector);
    EXPECT_EQ(vector, std::vector<float>(length));
  }
}

TEST(DispatchTest, RefusesANameThatItDoesNotKnow) {
  const auto before = instruction_set();
  EXPECT_FALSE(use_instruction_set("abacus"));
  EXPECT_EQ(instruction_set(), before);
}

}  // namespace
}  // namespace kindred::simd
