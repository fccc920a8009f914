/// One step of softmax regression: an input against all outputs.
///
/// With p the softmax of the products u.v of the input u with the outputs v, and
/// g = (1[v is the true one] - p_v) * rate: the input's change is the sum of g v, and v changes by
/// g u. Rows are as in window_update.h, and changed by other threads at the same time as there.
///
/// Thread safety: as said. Cost: 6 outputs * stride flops, two passes over the outputs.
#pragma once

#include <cstddef>

namespace kindred::words {

struct SoftmaxUpdate {
  const float* input = nullptr;
  float* outputs = nullptr;  ///< the first of output_count rows, `stride` floats apart
  std::size_t output_count = 0;
  std::size_t stride = 0;
  std::size_t target = 0;
  float rate = 0;
  float* change = nullptr;  ///< a row, to which the input's change is added
  float* scores = nullptr;  ///< output_count floats to work in
};

void update_softmax(const SoftmaxUpdate& update);

}  // namespace kindred::words
