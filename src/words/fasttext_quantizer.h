/// Product quantization of the rows of a fastText model (Jegou et al. 2011; Joulin et al. 2016,
/// arXiv:1612.03651).
///
/// Of each piece of the rows 256 centroids are found by k-means (Lloyd 1982), from a sample of the
/// rows, and each piece becomes the number of the nearest.
///
/// Thread safety: pure functions, pieces side by side. Cost: 25 passes over the sample, each with
/// 256 distances for each piece.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kindred/matrix.h"
#include "words/fasttext_matrix.h"

namespace kindred::words {

/// Fewer rows than this can't be quantized.
inline constexpr std::size_t kFewestQuantizedRows = ProductQuantizer::kCentroids;

/// `piece`: values that become a code, 1 to rows.dimensions(). With lengths, rows are quantized at
/// unit length, and their lengths by themselves.
FastTextMatrix quantize_rows(MatrixView rows, std::size_t piece, bool lengths, std::uint64_t seed);

}  // namespace kindred::words
