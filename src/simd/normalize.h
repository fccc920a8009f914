/// Vectors of length 1.
#pragma once

#include <span>

namespace kindred::simd {

/// Divides by the Euclidean length, as sentence-transformers does: a vector shorter than 1e-12 is
/// divided by that instead, so zeros stay zeros. Squares are summed in float32: values up to 1e18
/// are safe. Runs on the instruction set in force; needs no alignment.
void normalize(std::span<float> vector);

}  // namespace kindred::simd
