/// The Walsh-Hadamard transform: size log2(size) additions in place of a matrix of signs.
///
/// Additions in a fixed order: the same bits on every instruction set. Thread safety: all of it.
/// Cost: about 60 nanoseconds for 256 values with AVX-512.
#pragma once

#include <cstddef>

namespace kindred::math {

/// In place, without the factor 1 / sqrt(size). size: a power of two.
void hadamard(float* values, std::size_t size);

}  // namespace kindred::math
