#include "tensor/distance_bias.h"

#include <algorithm>
#include <bit>
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

std::vector<float> alibi_slopes(std::size_t heads) {
  const std::size_t below = std::bit_floor(heads);
  const auto slope = [](std::size_t of, std::size_t head) {
    return static_cast<float>(
        std::exp2(-8.0 * static_cast<double>(head + 1) / static_cast<double>(of)));
  };
  std::vector<float> slopes;
  slopes.reserve(heads);
  for (std::size_t head = 0; head < below; ++head) slopes.push_back(slope(below, head));
  for (std::size_t head = 0; slopes.size() < heads; head += 2)
    slopes.push_back(slope(2 * below, head));
  return slopes;
}

Tensor spread(Workspace& workspace, const DistanceBias& bias, std::size_t heads,
              std::size_t longest) {
  if (!bias.learned()) {
    const std::size_t reach = std::max<std::size_t>(longest, 1) - 1;
    Tensor out = workspace.tensor(heads, 2 * reach + 1);
    for (std::size_t head = 0; head < heads; ++head)
      for (std::size_t i = 0; i <= 2 * reach; ++i)
        out.row(head)[i] =
            -bias.slopes[head] * static_cast<float>(i > reach ? i - reach : reach - i);
    return out;
  }
  Tensor out = workspace.tensor(heads, bias.buckets.size());
  for (std::size_t head = 0; head < heads; ++head)
    for (std::size_t i = 0; i < bias.buckets.size(); ++i)
      out.row(head)[i] = bias.table->values[bias.buckets[i] * heads + head];
  return out;
}

void add_gradient(const DistanceBias& bias, std::size_t heads, const Tensor& gradient) {
  if (!bias.learned() || !bias.table->trained()) return;
  for (std::size_t item = 0; item < gradient.rows(); ++item)
    for (std::size_t i = 0; i < bias.buckets.size(); ++i)
      bias.table->gradient[bias.buckets[i] * heads + item % heads] += gradient.row(item)[i];
}

}  // namespace kindred::tensor
