/// Codes for the Manhattan distance: 8 bits a coordinate, the same step for all.
///
/// A rotation would change Manhattan distances, so coordinates stay what they are. Each has a range
/// of its own, 255 steps wide around the middle of its values; the step is one for all coordinates
/// and vectors, so that the distance of two codes in steps, which the kernel sums as plain bytes,
/// is the distance of the vectors in steps. Values outside of the range are taken for its end: the
/// range leaves out the outermost thousandth of the values, that a few outliers don't cost all
/// others their precision.
///
/// A query is a code too, so both sides are rounded. Cost: encode and query 0.2 microseconds for
/// 384 dimensions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kindred/matrix.h"
#include "quantize/codec.h"

namespace kindred::quantize {

class Box final : public Codec {
 public:
  /// Ranges from a sample of the vectors: at least one, of at least one dimension.
  static Box fit(MatrixView sample);
  /// lowest: what code 0 stands for in each dimension. step: above 0.
  Box(std::span<const float> lowest, float step);

  std::span<const float> lowest() const { return lowest_; }
  float step() const { return step_; }

  std::size_t dimensions() const override { return lowest_.size(); }
  std::size_t blocks() const override {
    return (lowest_.size() + simd::kCodeBlock - 1) / simd::kCodeBlock;
  }
  simd::CodeKernel kernel() const override { return simd::byte_distances(); }
  CodeScale encode(const float* vector, std::uint8_t* code, CodeQuery& scratch) const override;
  void query(const float* vector, CodeQuery& query) const override;
  void query(const std::uint8_t* code, const CodeScale& scale, CodeQuery& query) const override;

 private:
  void write(const float* vector, std::uint8_t* code) const;
  void set_factor(CodeQuery& query) const;

  std::vector<float> lowest_;
  float step_;
};

}  // namespace kindred::quantize
