/// The scalar oracle: what the kernels compute, said as plainly as possible, in double precision.
/// For tests.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace kindred::simd::oracle {

inline double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

inline double squared_euclidean(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return sum;
}

inline double euclidean(std::span<const float> a, std::span<const float> b) {
  return std::sqrt(squared_euclidean(a, b));
}

inline double cosine(std::span<const float> a, std::span<const float> b) {
  const double lengths = std::sqrt(dot(a, a)) * std::sqrt(dot(b, b));
  return lengths == 0 ? 0 : dot(a, b) / lengths;
}

}  // namespace kindred::simd::oracle
