/// The space that a graph is built in: where distances between codes order vectors as the metric
/// does.
///
/// cosine: vectors of length 1, squared Euclidean distance. euclidean: as they are. manhattan: as
/// they are, in codes of their own (quantize/box.h). dot: the largest inner product is not the
/// nearest vector, but becomes it in one dimension more: a vector x gets the coordinate
/// sqrt(longest^2 - |x|^2), so that all are equally long, and a query the coordinate 0 (Bachrach et
/// al., "Speeding up the Xbox recommender system using a Euclidean transformation for inner-product
/// spaces", RecSys 2014).
///
/// Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kindred/index.h"
#include "kindred/matrix.h"
#include "quantize/codec.h"

namespace kindred::index {

/// What a space is made of, as a file keeps it.
struct SpaceParts {
  std::uint64_t seed = 0;
  std::uint32_t bits = 4;
  float longest = 0;               ///< dot: the length that all vectors have there
  float step = 0;                  ///< manhattan
  std::vector<float> coordinates;  ///< the mean (rotated codes), the lowest values (manhattan)
};

class WalkSpace {
 public:
  /// For prepared rows, at least one.
  static WalkSpace fit(MatrixView rows, const IndexOptions& options);
  /// Parts that fit() made. Values that no fit makes are the caller's to refuse: coordinates must
  /// be finite, as many as coordinates_of() says; bits 4 or 8; step above 0 for manhattan.
  WalkSpace(Metric metric, std::size_t dimensions, SpaceParts parts);
  static std::size_t coordinates_of(Metric metric, std::size_t dimensions);

  const SpaceParts& parts() const { return parts_; }
  const quantize::Codec& codec() const { return *codec_; }

  /// row, query: prepared. `scratch` is the caller's.
  quantize::CodeScale encode(std::span<const float> row, std::uint8_t* code,
                             quantize::CodeQuery& scratch) const;
  void query(std::span<const float> query, quantize::CodeQuery& to) const;

 private:
  /// The row with its last coordinate, where the space has one.
  const float* lifted(std::span<const float> row, float last, float factor,
                      std::vector<float>& memory) const;

  Metric metric_;
  std::size_t dimensions_;
  SpaceParts parts_;
  std::unique_ptr<quantize::Codec> codec_;
};

}  // namespace kindred::index
