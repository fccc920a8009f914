#include "simd/normalize.h"

#include <algorithm>
#include <cmath>

namespace kindred::simd {

void normalize(std::span<float> vector) {
  double squares = 0;
  for (const float value : vector) squares += double{value} * value;
  const auto length = static_cast<float>(std::max(std::sqrt(squares), 1e-12));
  for (float& value : vector) value /= length;
}

}  // namespace kindred::simd
