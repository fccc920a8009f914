/// Vectors in few bits, and how near a query is to them, estimated from those bits alone: what a
/// graph search reads instead of the rows.
///
/// A codec turns a vector into a code (blocks of 64 bytes, simd/code_dot.h) and two numbers beside
/// it. A query is prepared once; then the integer kernel's result for a code, `product`, gives
///
///     nearness = scale.norm + scale.step * (query.factor * product + query.offset)
///
/// which is smaller the nearer the vector is: the squared Euclidean distance less a constant of the
/// query, or the Manhattan distance. A stored code can itself be the query.
///
/// Two codecs: rotated.h (squared Euclidean, 4 or 8 bits) and box.h (Manhattan, 8 bits). Thread
/// safety: immutable once made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "kindred/matrix.h"
#include "simd/code_dot.h"

namespace kindred::quantize {

/// What stands beside a code.
struct CodeScale {
  float step = 0;
  float norm = 0;
};

/// A query in the form that the kernel takes. Made by a codec, used with its codes only.
struct CodeQuery {
  base::AlignedArray<std::int8_t> values;
  base::AlignedArray<float> scratch;  ///< the codec's own
  std::vector<float> vector;          ///< for whoever changes a vector before the codec sees it
  float factor = 0;
  float offset = 0;
  float norm = 0;  ///< nearness + norm is the distance: squared Euclidean, or Manhattan

  float nearness(std::int32_t product, const CodeScale& scale) const {
    return scale.norm + scale.step * (factor * static_cast<float>(product) + offset);
  }
};

class Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;

  virtual std::size_t dimensions() const = 0;
  /// A code is blocks() * 64 bytes.
  virtual std::size_t blocks() const = 0;
  virtual simd::CodeKernel kernel() const = 0;

  /// vector: dimensions() values; code: blocks() * 64 bytes. `scratch` as CodeQuery's.
  virtual CodeScale encode(const float* vector, std::uint8_t* code, CodeQuery& scratch) const = 0;
  virtual void query(const float* vector, CodeQuery& query) const = 0;
  /// The vector that a code stands for, as a query.
  virtual void query(const std::uint8_t* code, const CodeScale& scale, CodeQuery& query) const = 0;

  std::size_t code_bytes() const { return blocks() * simd::kCodeBlock; }
};

}  // namespace kindred::quantize
