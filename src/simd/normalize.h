/// Vectors of length 1.
#pragma once

#include <span>

namespace kindred::simd {

/// Divides by the Euclidean length, as sentence-transformers does: a vector shorter than 1e-12 is
/// divided by that instead, so zeros stay zeros. The length is summed in double precision.
void normalize(std::span<float> vector);

}  // namespace kindred::simd
