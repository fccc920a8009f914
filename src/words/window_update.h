/// One step of negative sampling for a whole window: every input against every output at once.
///
/// Mikolov et al. 2013 (arXiv:1310.4546, equation 4) teach an input row u (a word near by) to tell
/// an output row v (the word it stood by, label 1) from drawn ones (label 0): with
/// g = (label - sigmoid(u.v)) * rate, u changes by g v and v by g u. Where the inputs of a window
/// share their drawn outputs, as in Ji et al. 2016 (arXiv:1604.04661), the scores of a window are
/// one small matrix product and its changes are two more, and a drawn row is brought from memory
/// once for the window instead of once for each of its words.
///
/// All rows are `stride` floats long, aligned to 64 bytes, and padded with zeros up to it, which
/// stay zeros. They may be those of a SharedMatrix, which other threads change at the same time
/// (shared_matrix.h): these functions are where that happens.
///
/// Thread safety: as said. Cost: 6 inputs * outputs * stride flops.
#pragma once

#include <cstddef>

namespace kindred::words {

/// Outputs of a step at most.
inline constexpr std::size_t kMostOutputs = 64;
/// Rows are padded to a multiple of so many floats.
inline constexpr std::size_t kRowPadding = 16;

struct WindowUpdate {
  const float* const* inputs = nullptr;  ///< input_count rows
  std::size_t input_count = 0;           ///< 1 at least
  /// Rows that the inputs' changes are added to: the inputs themselves, or others.
  float* const* input_targets = nullptr;
  float* const* outputs = nullptr;  ///< output_count rows, to which their changes are added
  std::size_t output_count = 0;     ///< 1 to kMostOutputs
  const float* labels = nullptr;    ///< of each output: 1 or 0
  float rate = 0;
  std::size_t stride = 0;
};

void update_window(const WindowUpdate& update);

/// out = the sum of some rows, each times its weight.
void sum_of_rows(const float* const* rows, const float* weights, std::size_t count,
                 std::size_t stride, float* out);
/// Adds a row to some.
void add_to_rows(const float* change, float* const* rows, std::size_t count, std::size_t stride);

}  // namespace kindred::words
