#include "tensor/relative_bias.h"

#include <algorithm>
#include <cmath>

namespace kindred::tensor {

std::vector<std::uint32_t> relative_buckets(std::size_t count, std::size_t max_distance) {
  const std::size_t half = count / 2;
  const std::size_t exact = half / 2;
  const auto bucket = [&](std::size_t distance) {
    if (distance < exact) return distance;
    // In float32, as the reference rounds.
    const auto first = static_cast<float>(exact);
    const float turns = std::log(static_cast<float>(distance) / first) /
                        std::log(static_cast<float>(max_distance) / first);
    return std::min(half - 1,
                    exact + static_cast<std::size_t>(turns * static_cast<float>(half - exact)));
  };
  std::vector<std::uint32_t> buckets;
  for (std::size_t behind = max_distance; behind > 0; --behind)
    buckets.push_back(static_cast<std::uint32_t>(bucket(behind)));
  buckets.push_back(0);
  for (std::size_t ahead = 1; ahead <= max_distance; ++ahead)
    buckets.push_back(static_cast<std::uint32_t>(half + bucket(ahead)));
  return buckets;
}

Tensor spread(Workspace& workspace, const RelativeBias& bias, std::size_t heads) {
  Tensor out = workspace.tensor(heads, bias.distances());
  for (std::size_t head = 0; head < heads; ++head)
    for (std::size_t i = 0; i < bias.distances(); ++i)
      out.row(head)[i] = bias.table->values[bias.buckets[i] * heads + head];
  return out;
}

void add_gradient(const RelativeBias& bias, std::size_t heads, const Tensor& gradient) {
  if (!bias.table->trained()) return;
  for (std::size_t item = 0; item < gradient.rows(); ++item)
    for (std::size_t i = 0; i < bias.distances(); ++i)
      bias.table->gradient[bias.buckets[i] * heads + item % heads] += gradient.row(item)[i];
}

}  // namespace kindred::tensor
