/// What the contract tests of index types share: the list of what is tested, and the truth that it
/// is compared with. A new type of index is one line of index_types() and has all tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "index/metrics.h"
#include "kindred/index.h"
#include "kindred/matrix.h"

namespace kindred::testing {

/// Every type of index, with settings that its rows can have. `recall` is what it must reach, on
/// average over a test's queries: 1 for those that are exact.
struct IndexCase {
  IndexOptions options;
  double recall = 1;
};

inline std::vector<IndexCase> index_types() {
  return {
      {.options = {.type = IndexType::flat}},
      {.options = {.type = IndexType::flat, .rows = RowType::f16}},
      {.options = {.type = IndexType::flat, .rows = RowType::u8}},
      {.options = {.type = IndexType::hnsw}, .recall = 0.95},
      {.options = {.type = IndexType::hnsw, .rows = RowType::f16, .code_bits = 8}, .recall = 0.95},
      {.options = {.type = IndexType::hnsw, .rows = RowType::u8}, .recall = 0.95},
  };
}

/// Each of them with each metric.
inline std::vector<IndexCase> index_cases() {
  std::vector<IndexCase> cases;
  for (const IndexCase& type : index_types())
    for (const auto& metric : index::all_metrics()) {
      cases.push_back(type);
      cases.back().options.metric = metric.metric;
    }
  return cases;
}

/// "hnsw_f16_cosine_4", for the name of a test.
inline std::string name_of_case(const IndexOptions& options) {
  std::string name(name_of(options.type));
  for (const std::string_view part : {name_of(options.rows), name_of(options.metric)})
    name.append("_").append(part);
  if (options.type == IndexType::hnsw) name.append("_").append(std::to_string(options.code_bits));
  return name;
}
inline std::string name_of_test(const ::testing::TestParamInfo<IndexCase>& tested) {
  return name_of_case(tested.param.options);
}
inline void PrintTo(const IndexCase& tested, std::ostream* to) {
  *to << name_of_case(tested.options);
}

inline Matrix normal_matrix(std::size_t rows, std::size_t dimensions, std::uint64_t seed) {
  base::Random random(seed);
  Matrix matrix(rows, dimensions);
  for (float& value : matrix.values()) value = random.normal();
  return matrix;
}

/// Vectors that rows of the type can hold: those of whole bytes are shifted and rounded.
inline Matrix fitting(RowType type, Matrix matrix) {
  if (type == RowType::u8)
    for (float& value : matrix.values())
      value = std::clamp(std::round(20 + 6 * value), 0.0F, 255.0F);
  return matrix;
}

/// The definition of each score, in double precision.
inline double true_score(Metric metric, std::span<const float> a, std::span<const float> b) {
  double dot = 0;
  double squares_of_a = 0;
  double squares_of_b = 0;
  double squared_distance = 0;
  double absolute_distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    dot += x * y;
    squares_of_a += x * x;
    squares_of_b += y * y;
    squared_distance += (x - y) * (x - y);
    absolute_distance += std::abs(x - y);
  }
  switch (metric) {
    case Metric::cosine:
      return squares_of_a == 0 || squares_of_b == 0 ? 0
                                                    : dot / std::sqrt(squares_of_a * squares_of_b);
    case Metric::dot:
      return dot;
    case Metric::euclidean:
      return std::sqrt(squared_distance);
    case Metric::manhattan:
      return absolute_distance;
  }
  return 0;
}

/// How much better the first score is.
inline double advantage(Metric metric, double a, double b) {
  return index::traits_of(metric).smaller_first ? b - a : a - b;
}

/// An index as it should be: ids and their vectors.
using Model = std::map<std::uint64_t, std::vector<float>>;

inline void put(Model& model, MatrixView vectors, std::span<const std::uint64_t> ids) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    model[ids[i]].assign(vectors.row(i).begin(), vectors.row(i).end());
}

/// The true scores of what `passes`, best first.
template <typename Passes>
std::vector<double> true_scores(const Model& model, Metric metric, std::span<const float> query,
                                const Passes& passes) {
  std::vector<double> scores;
  for (const auto& [id, vector] : model)
    if (passes(id)) scores.push_back(true_score(metric, query, vector));
  std::ranges::sort(scores, [&](double a, double b) { return advantage(metric, a, b) > 0; });
  return scores;
}

}  // namespace kindred::testing
